import { systemClock } from "../adapters/clock.ts";
import { HubError } from "../connector/errors.ts";
import type { Ports } from "../ports/ports.ts";
import type { PictureMaker } from "../report/render/mail.tsx";
import type { SecretsKnown } from "./connections.ts";
import { useHub } from "./current.ts";
import type { HubConfig } from "./define-hub.ts";
import { emf } from "./emf.ts";
import { jsonLog } from "./log.ts";
import { hubOf } from "./open-hub.ts";
import { derivedKey, serveAs } from "./serving.ts";

/** The secret that signs cursors; `throughline deploy` makes it. */
export const CURSOR_KEY = "THROUGHLINE_CURSOR_KEY";

/**
 * Opens the hub of one Lambda function. Nothing is read before it is needed, so that a function which is not allowed to
 * read something never tries.
 *
 * @param parts.ports adapters of the stores that the function's row of the topology names; it has no others
 * @param parts.namespace of its metrics in CloudWatch
 * @returns what tells after each invocation what was counted in it
 */
export const openOnAws = (parts: {
  readonly config: HubConfig;
  readonly ports: Partial<Ports>;
  readonly knows: SecretsKnown;
  readonly url: string;
  readonly namespace: string;
  readonly picture?: PictureMaker | undefined;
}): Told => {
  const ports = only(parts.ports);
  const now = () => ports.clock.now();
  const log = jsonLog(now);
  const meter = emf({ namespace: parts.namespace, now });
  useHub(
    hubOf({ ...parts, ports, log, meter, alone: false, elastic: true, keepsIdentityKey: true }),
    parts.config.outputs,
    { config: parts.config, picture: parts.picture },
  );
  const keyFor = (purpose: string) => async (): Promise<Uint8Array> => {
    const secret = await ports.secrets.get(CURSOR_KEY);
    if (secret === undefined)
      throw new HubError("secret_missing", `${CURSOR_KEY} is not set: run throughline deploy`, { retry: "never" });
    return derivedKey(secret, purpose);
  };
  serveAs({
    demo: false,
    signIn: { required: true, oidc: parts.config.access?.oidc },
    cursorKey: keyFor("cursors"),
    sealKey: keyFor("webhook secrets"),
  });
  return (handler) => async (event, context) => {
    try {
      return await handler(event, context);
    } finally {
      meter.flush();
    }
  };
};

/** A handler that tells what was counted, however it ends. */
type Told = <Event, Context, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
) => (event: Event, context: Context) => Promise<Result>;

/** Ports that a function was not given say so when they are used: its row of the topology is wrong then. */
const only = (given: Partial<Ports>): Ports => {
  const absent = (name: string) =>
    new Proxy(
      {},
      {
        get: () => () => {
          throw new Error(`this function was not given ${name}: see infra/topology.ts`);
        },
      },
    );
  const port = <N extends keyof Ports>(name: N): Ports[N] => given[name] ?? (absent(name) as Ports[N]);
  return {
    table: port("table"),
    inbox: port("inbox"),
    jobs: port("jobs"),
    unpublished: port("unpublished"),
    bus: port("bus"),
    archive: port("archive"),
    secrets: port("secrets"),
    clock: given.clock ?? systemClock,
    mailer: port("mailer"),
  };
};
