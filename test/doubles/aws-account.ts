import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A stack as CloudFormation tells of it. */
export interface HeldStack {
  status: string;
  outputs: Readonly<Record<string, string>>;
  template: object;
  /** Physical names by logical id. */
  names: Readonly<Record<string, string>>;
  isProtected: boolean;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const members = (items: readonly Readonly<Record<string, string>>[]): string =>
  items
    .map(
      (item) =>
        `<member>${Object.entries(item)
          .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
          .join("")}</member>`,
    )
    .join("");

/**
 * One account: who is signed in (STS), its stacks (CloudFormation), what Lambda has left. Query protocol and REST, as the
 * real clients speak them. A stack that is deleted is told as such twice before it is gone by its name.
 */
export const startAwsAccount = async () => {
  const stacks = new Map<string, HeldStack>();
  const asked: string[] = [];
  const control = {
    concurrency: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 },
    /** What an action is refused with. */
    refuse: undefined as ((action: string) => [number, string, string] | undefined) | undefined,
  };
  const idOf = (name: string) => `arn:aws:cloudformation:eu-west-1:111122223333:stack/${name}/1`;
  const nameOf = (idOrName: string) => idOrName.split("/")[1] ?? idOrName;
  const actions: Readonly<Record<string, (form: URLSearchParams) => string>> = {
    GetCallerIdentity: () =>
      "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/ana</Arn><UserId>AIDA</UserId>",
    DescribeStacks: (form) => {
      const given = form.get("StackName") ?? "";
      const stack = stacks.get(nameOf(given));
      const isThere = stack !== undefined && (stack.status !== "DELETE_COMPLETE" || given.startsWith("arn:"));
      if (!isThere) throw ["ValidationError", `Stack with id ${given} does not exist`];
      if (stack.status === "DELETE_IN_PROGRESS") stack.status = "DELETE_COMPLETE";
      const outputs = Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      const name = nameOf(given);
      return `<Stacks><member><StackId>${idOf(name)}</StackId><StackName>${name}</StackName><CreationTime>2026-03-01T10:00:00Z</CreationTime><StackStatus>${stack.status}</StackStatus><Outputs>${members(outputs)}</Outputs></member></Stacks>`;
    },
    GetTemplate: (form) =>
      `<TemplateBody>${escaped(JSON.stringify(stacks.get(nameOf(form.get("StackName") ?? ""))?.template ?? {}))}</TemplateBody>`,
    ListStackResources: (form) => {
      const names = Object.entries(stacks.get(nameOf(form.get("StackName") ?? ""))?.names ?? {});
      const from = Number(form.get("NextToken") ?? 0);
      const page = names.slice(from, from + 2).map(([LogicalResourceId, PhysicalResourceId]) => ({
        LogicalResourceId,
        PhysicalResourceId,
        ResourceType: "AWS::Any::Thing",
        ResourceStatus: "CREATE_COMPLETE",
        LastUpdatedTimestamp: "2026-03-01T10:00:00Z",
      }));
      const more = from + 2 < names.length ? `<NextToken>${from + 2}</NextToken>` : "";
      return `<StackResourceSummaries>${members(page)}</StackResourceSummaries>${more}`;
    },
    UpdateTerminationProtection: (form) => {
      const stack = stacks.get(nameOf(form.get("StackName") ?? ""));
      if (stack !== undefined) stack.isProtected = form.get("EnableTerminationProtection") === "true";
      return "";
    },
    DeleteStack: (form) => {
      const stack = stacks.get(nameOf(form.get("StackName") ?? ""));
      if (stack?.isProtected)
        throw ["ValidationError", "Stack cannot be deleted while TerminationProtection is enabled"];
      if (stack !== undefined) stack.status = "DELETE_IN_PROGRESS";
      return "";
    },
  };
  const refuse = (response: ServerResponse, status: number, name: string, message: string) =>
    response
      .writeHead(status, { "content-type": "text/xml", "x-amzn-errortype": name })
      .end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
      );
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const action = request.url === "/2016-08-19/account-settings" ? "GetAccountSettings" : (form.get("Action") ?? "");
    asked.push(action);
    const refusal = control.refuse?.(action);
    if (refusal !== undefined) return refuse(response, ...refusal);
    if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 "))
      return refuse(response, 403, "MissingAuthenticationToken", "not signed");
    if (action === "GetAccountSettings")
      return response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ AccountLimit: control.concurrency, AccountUsage: { FunctionCount: 0 } }));
    try {
      const result = actions[action]?.(form);
      if (result === undefined) return refuse(response, 400, "InvalidAction", action);
      return response
        .writeHead(200, { "content-type": "text/xml" })
        .end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    } catch (error) {
      const [name, message] = error as [string, string];
      return refuse(response, 400, name, message);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stacks,
    asked,
    control,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
