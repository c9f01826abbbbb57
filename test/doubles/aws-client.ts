/** Settings of a real client that asks a double of AWS on this machine. */
export const atDouble = (endpoint: string) => ({
  endpoint,
  region: "eu-west-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

interface RealClient {
  readonly config: { readonly retryStrategy: () => Promise<unknown> };
  readonly middlewareStack: unknown;
}

/** The client's own retries, with their own count and their own judgement, without the waits between them. */
export const quick = async <Client extends RealClient>(client: Client): Promise<Client> => {
  const strategy = (await client.config.retryStrategy()) as {
    readonly retryBackoffStrategy: { computeNextBackoffDelay: () => number };
  };
  strategy.retryBackoffStrategy.computeNextBackoffDelay = () => 0;
  return client;
};

export interface Call {
  /** From 1, over all commands of the client. */
  readonly number: number;
  /** `PutItemCommand` */
  readonly command: string;
  readonly input: never;
}

type Run = (input?: object) => Promise<{ readonly output: object }>;
type Middleware = (
  next: (args: object) => Promise<{ readonly output: object }>,
  context: { readonly commandName: string },
) => (args: { readonly input: object }) => Promise<{ readonly output: object }>;

/**
 * Stands between a real client and what it asks; who comes second stands nearer to AWS.
 *
 * @param each `command`: once for each, with what it gives; `try`: at each try of the client's own retries
 */
export const intercept = (
  client: RealClient,
  each: "command" | "try",
  around: (call: Call, run: Run) => Promise<{ readonly output: object }>,
): void => {
  let number = 0;
  const middleware: Middleware =
    (next, { commandName }) =>
    async (args) => {
      number += 1;
      const run: Run = (input) => next(input === undefined ? args : { ...args, input });
      return around({ number, command: commandName, input: args.input as never }, run);
    };
  const stack = client.middlewareStack as { add(middleware: Middleware, at: object): void };
  stack.add(middleware, each === "command" ? { step: "initialize" } : { step: "finalizeRequest", priority: "low" });
};

/** What AWS says no with, as the client would give it. */
export const fault = (name: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(name), { name, $fault: "client", $metadata: { httpStatusCode } });

/** Fails the tries that are named, before they leave. @returns how many tries there were */
export const failing = (client: RealClient, faultOf: (call: Call) => Error | undefined): { readonly tries: number } => {
  const seen = { tries: 0 };
  intercept(client, "try", async (call, run) => {
    seen.tries += 1;
    const error = faultOf(call);
    if (error !== undefined) throw error;
    return run();
  });
  return seen;
};
