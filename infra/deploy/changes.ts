import { isDeepStrictEqual } from "node:util";

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** A template of CloudFormation. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Change {
  readonly what: "add" | "change" | "remove";
  /** `function`, `queue` … */
  readonly kind: string;
  /** As it stands in the code of the stack. */
  readonly name: string;
  readonly id: string;
  /** Of a change, which. */
  readonly properties?: readonly string[];
  /** It holds data and outlives its removal from the stack. */
  readonly isKept?: true;
}

/** What people call what CloudFormation makes; others are called by the last word of their type. */
const KINDS: Readonly<Record<string, string>> = {
  "AWS::DynamoDB::GlobalTable": "table",
  "AWS::Lambda::EventSourceMapping": "trigger",
  "AWS::Lambda::Permission": "permission",
  "AWS::Lambda::EventInvokeConfig": "retry setting",
  "AWS::IAM::ManagedPolicy": "grant",
  "AWS::Events::EventBus": "bus",
  "AWS::Events::EventBusPolicy": "bus policy",
  "AWS::Scheduler::Schedule": "timer",
  "AWS::Logs::LogGroup": "log",
  "AWS::Logs::MetricFilter": "log filter",
  "AWS::ApiGatewayV2::Api": "API",
};

export const kindOf = (type: string): string =>
  KINDS[type] ?? (type.split("::").at(-1) ?? type).replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();

/** Every resource that differs, in the order of the new template, removed ones last. Notes for tools are no difference. */
export const changesBetween = (before: Template, after: Template): Change[] => {
  const changes: Change[] = [];
  for (const [id, resource] of Object.entries(after.Resources)) {
    const held = before.Resources[id];
    const common = { kind: kindOf(resource.Type), name: nameOf(id, resource), id };
    if (held === undefined) changes.push({ what: "add", ...common });
    else {
      const properties = differing(held.Properties ?? {}, resource.Properties ?? {});
      if (properties.length > 0) changes.push({ what: "change", ...common, properties });
    }
  }
  for (const [id, resource] of Object.entries(before.Resources)) {
    if (id in after.Resources) continue;
    const isKept = resource.DeletionPolicy === "Retain";
    changes.push({
      what: "remove",
      kind: kindOf(resource.Type),
      name: nameOf(id, resource),
      id,
      ...(isKept && { isKept }),
    });
  }
  return changes.filter(({ kind }) => kind !== "metadata");
};

/** `poll-source-jira` of `Throughline-dev/poll-source-jira/Resource`. */
const nameOf = (id: string, { Metadata = {} }: Resource): string => {
  const path = Metadata["aws:cdk:path"];
  if (typeof path !== "string") return id;
  return path
    .split("/")
    .slice(1)
    .filter((part) => part !== "Resource")
    .join("/");
};

const differing = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => !isDeepStrictEqual(a[name], b[name])).sort();

const SIGNS = { add: "+", change: "~", remove: "-" } as const;

/** For people: how many of each kind are new, what changes in which, and everything that goes. */
export const changeLines = (changes: readonly Change[]): string[] => {
  const added = [
    ...Map.groupBy(
      changes.filter(({ what }) => what === "add"),
      ({ kind }) => kind,
    ),
  ];
  return [
    ...added.map(([kind, some]) => `${SIGNS.add} ${some.length} ${kind}: ${some.map(({ name }) => name).join(", ")}`),
    ...changes
      .filter(({ what }) => what !== "add")
      .map(({ what, kind, name, properties = [], isKept }) => {
        const more = what === "change" ? `: ${properties.join(", ")}` : isKept ? " (it holds data and stays)" : "";
        return `${SIGNS[what]} ${kind} ${name}${more}`;
      }),
  ];
};
