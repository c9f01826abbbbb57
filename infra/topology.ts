export type QueueName = "inbox" | "jobs" | "unpublished";
export type Store = QueueName | "table" | "bus" | "archive" | "secrets" | "mailer";

/**
 * How AWS carries each queue: an SQS queue, which Lambda asks all the time, also while nothing happens and for money; or
 * asynchronous invocations of the one part that it starts, which cost nothing while there are none.
 */
export const ON_AWS: Readonly<Record<QueueName, "polled" | "invoked">> = {
  inbox: "polled",
  jobs: "invoked",
  unpublished: "invoked",
};

export type Trigger =
  | { readonly http: string }
  /** One run per configured connection. */
  | { readonly everyConnection: string }
  | { readonly everyMinutes: number }
  /** At the times that the config's reports name. */
  | { readonly schedule: "reports" }
  | { readonly queue: QueueName; readonly batch: number }
  | { readonly feed: "table"; readonly batch: number };

export interface Part {
  readonly does: string;
  readonly on: readonly Trigger[];
  readonly reads?: readonly Store[];
  readonly writes?: readonly Store[];
  /** On AWS one function for each connection, called for its own jobs: each knows its own tool and its secrets only. */
  readonly per?: "connection";
  /** How it finds rows of the table whose keys it does not know: all of one partition, or by an index. Default not at all. */
  readonly finds?: readonly ("partition" | "list" | "due")[];
  /** Which of the secrets it reads. */
  readonly secrets?: "webhooks" | "connection" | "cursors" | "surfaces" | "outputs" | "reports";
  /** On AWS only where the config has this part: what nobody uses costs nothing and may nothing. */
  readonly onlyWith?: "outputs" | "reports";
  /** On AWS; default 60. */
  readonly timeoutSeconds?: number;
  /** On AWS; default 256. */
  readonly memoryMb?: number;
}

/**
 * Every moving part, said once, in the order the data takes. Each key is a file in functions/. The local runner runs
 * them, the AWS stack deploys them, `npm run gen` draws them.
 */
export const topology = {
  "receive-webhook": {
    does: "verify, archive, enqueue",
    on: [{ http: "POST /hooks/{connection}" }, { http: "GET /hooks/{connection}" }],
    reads: ["secrets"],
    secrets: "webhooks",
    writes: ["archive", "inbox"],
    timeoutSeconds: 10,
  },
  "poll-source": {
    does: "page, archive, enqueue, checkpoint",
    on: [{ everyConnection: "5 minutes" }, { queue: "jobs", batch: 1 }],
    reads: ["secrets", "table", "archive"],
    finds: ["partition", "list", "due"],
    secrets: "connection",
    writes: ["archive", "inbox", "jobs", "table", "secrets"],
    per: "connection",
    timeoutSeconds: 300,
  },
  "ingest-record": {
    does: "parse, normalise, merge",
    on: [{ queue: "inbox", batch: 10 }],
    reads: ["archive", "table"],
    finds: ["partition"],
    writes: ["table", "jobs"],
  },
  "project-lifecycle": {
    does: "link, derive, explain",
    on: [{ feed: "table", batch: 1000 }],
    reads: ["table"],
    finds: ["partition", "list"],
    writes: ["table"],
  },
  "publish-events": {
    does: "announce what changed",
    on: [
      { feed: "table", batch: 1000 },
      { queue: "unpublished", batch: 1 },
    ],
    reads: ["table"],
    writes: ["bus", "table", "archive"],
  },
  "serve-api": {
    does: "API and dashboard",
    on: [{ http: "ANY /{path+}" }],
    reads: ["table", "secrets"],
    finds: ["partition", "list", "due"],
    secrets: "surfaces",
    // Keys, sessions, members, the audit log and answers to repeated requests; what people ask of a connection.
    writes: ["table", "jobs"],
    memoryMb: 512,
  },
  "serve-mcp": {
    does: "tools for assistants",
    on: [{ http: "ANY /mcp" }],
    reads: ["table", "secrets"],
    finds: ["partition", "list", "due"],
    secrets: "surfaces",
    // When a key was last used.
    writes: ["table"],
    timeoutSeconds: 30,
    memoryMb: 512,
  },
  sweep: {
    does: "what the feed lost, what time alone changes",
    on: [{ everyMinutes: 15 }],
    reads: ["table"],
    finds: ["partition", "list", "due"],
    writes: ["table", "unpublished"],
    timeoutSeconds: 300,
  },
  "deliver-outputs": {
    does: "tell analytics and messengers",
    on: [{ everyMinutes: 5 }],
    reads: ["table", "secrets"],
    finds: ["list"],
    secrets: "outputs",
    writes: ["table"],
    onlyWith: "outputs",
    timeoutSeconds: 120,
  },
  "send-report": {
    does: "make and send reports, late rather than never",
    on: [{ schedule: "reports" }, { everyMinutes: 15 }],
    reads: ["table", "secrets"],
    finds: ["partition", "list", "due"],
    secrets: "reports",
    writes: ["table", "mailer"],
    onlyWith: "reports",
    timeoutSeconds: 300,
    memoryMb: 1024,
  },
  "deliver-webhooks": {
    does: "send events to webhook endpoints",
    on: [{ everyMinutes: 1 }],
    reads: ["table", "secrets"],
    finds: ["partition", "list", "due"],
    secrets: "cursors",
    writes: ["table"],
  },
} as const satisfies Record<string, Part>;

/** The moving parts as a Mermaid flowchart. */
export const mermaid = (parts: Readonly<Record<string, Part>> = topology): string => {
  const lines = ["flowchart LR"];
  for (const [name, { does, on, reads = [], writes = [] }] of Object.entries(parts)) {
    lines.push(`  ${name}["${name}<br/><small>${does}</small>"]`);
    for (const trigger of on) {
      if ("http" in trigger) lines.push(`  ${name}-http(["${trigger.http.replaceAll(/[{}]/g, "")}"]) --> ${name}`);
      else if ("queue" in trigger) lines.push(`  ${trigger.queue}[(${trigger.queue})] ==> ${name}`);
      else if ("feed" in trigger) lines.push(`  table[(table)] -. feed .-> ${name}`);
      else if ("schedule" in trigger) lines.push(`  ${name}-schedule(("${trigger.schedule}")) --> ${name}`);
      else
        lines.push(
          `  ${name}-timer(("${"everyMinutes" in trigger ? `${trigger.everyMinutes} min` : trigger.everyConnection}")) --> ${name}`,
        );
    }
    for (const store of writes) lines.push(`  ${name} --> ${store}[(${store})]`);
    for (const store of reads)
      if (!(writes as readonly string[]).includes(store)) lines.push(`  ${store}[(${store})] -.- ${name}`);
  }
  return `${lines.join("\n")}\n`;
};
