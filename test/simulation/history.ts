import fc from "fast-check";
import type { Sandbox } from "../../infra/sandbox/index.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import { type Company, type Vendor, WORK } from "./company.ts";
import type { HubUnderTest, Time } from "./hub-under-test.ts";
import type { Fate } from "./mortal-ports.ts";

/** One thing that happens; `a` and `b` choose among what is there then. */
export interface Step {
  readonly does: keyof typeof ACTS;
  readonly a: number;
  readonly b: number;
}

interface Stage {
  readonly vendor: Vendor;
  readonly sandbox: Sandbox;
  readonly hub: HubUnderTest;
  readonly time: Time;
  readonly config: Company["config"];
  /** Ids of webhooks that were sent, to be sent again. */
  readonly sent: string[];
  /** Addresses of payloads that nobody can read. */
  readonly poison: string[];
}

const EDITS = [
  (b: number) => ({ do: "rename", title: `Renamed ${b % 3}` }),
  (b: number) => ({ do: "move", to: ["todo", "in_progress", "in_review"][b % 3] }),
  (b: number) => ({ do: "assign", to: ["eli", "priyar", "jweber"][b % 3] }),
  () => ({ do: "close" }),
  () => ({ do: "close", as: "cancelled" }),
  () => ({ do: "reopen" }),
  (b: number) => ({ do: "estimate", points: b % 8 }),
];

/** Refusals of the company (no such status, nothing to reopen) are no events of a history. */
const tell = async ({ sandbox }: Stage, request: Record<string, unknown>): Promise<void> => {
  await sandbox.control(request as never).catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
  });
};

const chosen = ({ sandbox, vendor }: Stage, a: number, few = 5) => {
  const all = sandbox.truth(vendor).filter(({ presence }) => presence !== "deleted" && presence !== "moved");
  // Few records, so that the same ones change again and again; the youngest are work, not plans.
  return all[all.length - 1 - (a % Math.min(few, all.length))];
};

/** One work in three dies of one of its calls, one in six is refused one or not told that it was taken. */
const fate = (b: number): [number | undefined, Fate] => {
  if (b % 3 === 0) return [1 + (b % 29), b % 2 === 0 ? "before" : "after"];
  if (b % 6 === 1) return [1 + (b % 23), b % 4 === 1 ? "refused" : "lost"];
  return [undefined, "before"];
};

/** Where a vendor's work is read from, and where else in the company it may go. */
const SCOPES: Readonly<Record<Vendor, readonly string[]>> = {
  jira: ["ACME", "IDEA"],
  linear: ["INS"],
  github: ["acme/devkit"],
};

const FAULTS = [
  { how: "html" },
  { how: "invalid_json" },
  { how: "truncated" },
  { how: "reset" },
  { how: "half" },
  { how: "empty_page" },
  { how: "repeat_cursor" },
  { how: "rate_limited", seconds: 3 },
  { how: "rate_limited", seconds: 90 },
  { how: "server_error", status: 503 },
  { how: "server_error", status: 500 },
  { how: "unauthorized" },
];
const OWN_FAULTS: Readonly<Record<Vendor, readonly object[]>> = {
  jira: [],
  linear: [{ how: "linear_limit", seconds: 5 }, { how: "graphql_errors" }],
  github: [{ how: "secondary_limit", seconds: 5 }],
};

/**
 * The same connection with other pages or less of the tool. Words that mean something else make the archive be read
 * again, which all histories of a company share: F37 proves those.
 */
const otherwise = ({ vendor, config }: Stage, a: number, b: number): HubConfig =>
  config({}, { pageSize: 2 + (a % 5), ...(vendor === "jira" && b % 3 === 0 && { projects: ["ACME"] }) });

/** Everything that may happen, with its share. */
export const ACTS = {
  edit: {
    weight: 8,
    run: async (stage: Stage, a: number, b: number) => {
      const item = chosen(stage, a);
      if (item !== undefined) await tell(stage, { ...EDITS[b % EDITS.length]?.(b), key: item.key });
    },
  },
  create: {
    weight: 1,
    run: (stage: Stage, a: number) => tell(stage, { do: "create", tracker: stage.vendor, title: `New ${a % 4}` }),
  },
  remove: {
    weight: 1,
    run: async (stage: Stage, a: number) => {
      const item = chosen(stage, a);
      if (item !== undefined) await tell(stage, { do: "delete", key: item.key });
    },
  },
  shelve: {
    weight: 2,
    run: async (stage: Stage, a: number, b: number) => {
      const item = chosen(stage, a);
      const verb = ["archive", "unarchive", "trash", "restore"][b % 4];
      if (item !== undefined) await tell(stage, { do: verb, key: item.key });
    },
  },
  relocate: {
    weight: 1,
    run: async (stage: Stage, a: number, b: number) => {
      const item = chosen(stage, a);
      if (item === undefined) return;
      const { key } = item;
      if (stage.vendor === "jira") await tell(stage, { do: "move", key, project: b % 2 === 0 ? "IDEA" : "ACME" });
      else if (stage.vendor === "linear") {
        await tell(stage, { do: "add_team" });
        await tell(stage, { do: "move", key, team: b % 3 === 0 ? "INS" : "LAB" });
      } else await tell(stage, { do: "transfer", key, repo: "acme/storefront" });
    },
  },
  hide: {
    weight: 1,
    run: (stage: Stage, a: number, b: number) =>
      tell(stage, {
        do: b % 3 === 0 ? "grant" : "revoke",
        vendor: stage.vendor,
        scope: SCOPES[stage.vendor][a % SCOPES[stage.vendor].length],
        ...(a % 2 === 0 && { mode: "forbidden" }),
      }),
  },
  misbehave: {
    weight: 5,
    run: ({ sandbox, vendor }: Stage, a: number, b: number) => {
      const all = [...FAULTS, ...OWN_FAULTS[vendor]];
      return sandbox.control({
        do: "misbehave",
        vendor,
        ...all[a % all.length],
        times: 1 + (b % 2),
        after: b % 3,
      } as never);
    },
  },
  lag: {
    weight: 1,
    run: ({ sandbox, vendor }: Stage, a: number) => sandbox.control({ do: "lag", vendor, seconds: a % 60 } as never),
  },
  shuffle: {
    weight: 1,
    run: ({ sandbox, vendor }: Stage, a: number) => sandbox.control({ do: "shuffle", vendor, on: a % 3 > 0 } as never),
  },
  skew: {
    weight: 1,
    run: ({ sandbox, vendor }: Stage, a: number) =>
      sandbox.control({ do: "skew", vendor, seconds: (a % 13) - 6 } as never),
  },
  rename: {
    weight: 1,
    run: (stage: Stage, a: number) =>
      tell(stage, { do: "rename_status", vendor: stage.vendor, from: "In Progress", to: `Doing ${a % 2}` }),
  },
  census: {
    weight: 1,
    run: async ({ hub, vendor }: Stage, _: number, b: number) => {
      await hub.ask({ connection: vendor, stream: "issues", census: "now" });
      await hub.live(() => hub.step("jobs"), ...fate(b));
    },
  },
  configure: {
    weight: 1,
    run: (stage: Stage, a: number, b: number) => stage.hub.reconfigure(otherwise(stage, a, b)),
  },
  pass: {
    weight: 3,
    run: async ({ time }: Stage, a: number, b: number) => {
      time.now += b % 5 === 0 ? 400_000 : a % 1200;
    },
  },
  poll: {
    weight: 4,
    run: async ({ hub, vendor }: Stage, a: number, b: number) => {
      const stream = WORK[vendor][a % 4 === 0 ? 1 : 0] ?? "issues";
      await hub.ask({ connection: vendor, stream });
      await hub.live(() => hub.step("jobs"), ...fate(b));
    },
  },
  work: {
    weight: 4,
    run: async ({ hub }: Stage, a: number, b: number) => {
      await hub.live(() => hub.step(a % 3 === 0 ? "jobs" : "inbox", 1 + (a % 3)), ...fate(b));
    },
  },
  together: {
    weight: 2,
    run: async ({ hub, vendor }: Stage, a: number, b: number) => {
      const stream = WORK[vendor][a % 4 === 0 ? 1 : 0] ?? "issues";
      await hub.ask({ connection: vendor, stream });
      await hub.ask({ connection: vendor, stream });
      const two = () =>
        Promise.all([hub.step("jobs"), hub.step("jobs"), hub.step("inbox", 2), hub.step("inbox", 1 + (a % 3))]);
      await hub.live(two, ...fate(b));
    },
  },
  poison: {
    weight: 1,
    run: async ({ hub, vendor, poison }: Stage, a: number) => {
      const { archive, inbox, clock } = hub.hub.ports;
      const note = { connectionId: vendor, receivedAt: clock.now().toISOString(), what: "page", stream: "issues" };
      const bytes = new TextEncoder().encode(`{"records":{"issues":[{"poison":${a}}]}}`);
      const rawRef = await archive.put(note as never, bytes);
      await inbox.send([JSON.stringify({ connection: vendor, rawRef })]);
      poison.push(rawRef);
    },
  },
  expire: {
    weight: 1,
    run: ({ sandbox, vendor }: Stage, a: number) =>
      sandbox.control({ do: "misbehave", vendor, how: "token_expired", times: 1 + (a % 3) } as never),
  },
  deliver: {
    weight: 4,
    run: async (stage: Stage, a: number) => {
      const waiting = stage.sandbox.held();
      const one = waiting[a % Math.max(1, waiting.length)];
      if (one === undefined) return;
      await tell(stage, { do: "deliver", id: one.id });
      stage.sent.push(one.id);
    },
  },
  deliverAgain: {
    weight: 1,
    run: async (stage: Stage, a: number) => {
      const id = stage.sent[a % Math.max(1, stage.sent.length)];
      if (id !== undefined) await tell(stage, { do: "redeliver", id });
    },
  },
  drop: {
    weight: 1,
    run: async (stage: Stage, a: number) => {
      const waiting = stage.sandbox.held();
      const one = waiting[a % Math.max(1, waiting.length)];
      if (one !== undefined) await tell(stage, { do: "drop", id: one.id });
    },
  },
} as const satisfies Record<
  string,
  { readonly weight: number; readonly run: (stage: Stage, a: number, b: number) => Promise<unknown> }
>;

/** Histories of up to 40 steps. */
export const histories: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    does: fc.oneof(
      ...Object.entries(ACTS).map(([does, { weight }]) => ({
        weight,
        arbitrary: fc.constant(does as keyof typeof ACTS),
      })),
    ),
    a: fc.nat(999),
    b: fc.nat(999),
  }),
  { minLength: 1, maxLength: 40, size: "max" },
);

/** The vendor behaves again and shows everything, and the config is the first one. */
export const calm = async ({ sandbox, vendor, hub, config }: Stage): Promise<void> => {
  await hub.reconfigure(config());
  await sandbox.control({ do: "behave", vendor } as never);
  await sandbox.control({ do: "skew", vendor, seconds: 0 } as never);
  for (const scope of SCOPES[vendor]) await sandbox.control({ do: "grant", vendor, scope } as never);
};

export const play = async (stage: Stage, steps: readonly Step[]): Promise<void> => {
  for (const { does, a, b } of steps) await ACTS[does].run(stage, a, b);
};
