import { HubError, safeReason } from "../connector/errors.ts";
import type { FieldedKind } from "../domain/entity.ts";
import type { Stage } from "../domain/stage.ts";
import { stagesSeenBy } from "./coverage.ts";
import type { Connection } from "./hub.ts";

/** What a connection's credential can read of one stream and scope, tried for real. */
export interface Capability {
  readonly stream: string;
  readonly scope: string;
  readonly works: boolean;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  /** The right that the stream needs, in the vendor's words. */
  readonly right?: string | undefined;
  /** What comes by this stream. */
  readonly kinds: readonly FieldedKind[];
  /** Stages that get evidence from this stream. */
  readonly stages: readonly Stage[];
}

/** A person waits for the answer. */
const TRIED_AT_MOST_MS = 60_000;
/** Scopes of one kind mostly are alike. */
const SCOPES_AT_MOST = 20;

/** One small read of every stream; what is read is dropped. */
export const capabilitiesOf = async (connection: Connection): Promise<Capability[]> => {
  const found: Capability[] = [];
  const { streams } = connection.connector;
  for (const [stream, { poll }] of Object.entries(streams)) {
    const scopes = poll === undefined ? [] : (poll.scopes?.(connection.config) ?? [""]);
    found.push(
      ...(await Promise.all(scopes.slice(0, SCOPES_AT_MOST).map((scope) => tried(connection, stream, scope)))),
    );
    // Every further stream would hear the same.
    if (found.every(({ code }) => code === "vendor_auth_expired") && found.length > 0) break;
  }
  return found;
};

/** Rights of the credential that go beyond reading, as far as the tool tells them; none if it does not answer. */
export const rightsBeyondReading = async ({ connector, config, http }: Connection): Promise<readonly string[]> => {
  const signal = AbortSignal.timeout(TRIED_AT_MOST_MS);
  const asked = connector.setup?.beyondReading?.({ http: http(signal), config, signal });
  return (await asked?.catch(() => [])) ?? [];
};

const tried = async (connection: Connection, name: string, scope: string): Promise<Capability> => {
  const { streams, setup } = connection.connector;
  const kinds = streams[name]?.kinds ?? [];
  const common = { stream: name, scope, kinds, stages: stagesSeenBy(kinds), right: setup?.rights[name] };
  const reading = streams[name]?.poll;
  if (reading === undefined) return { ...common, works: true };
  const signal = AbortSignal.timeout(TRIED_AT_MOST_MS);
  const config = setup?.smallest(connection.config) ?? connection.config;
  try {
    const pages = reading.read({ http: connection.http(signal), config, signal }, reading.start, scope);
    await pages.next();
    await pages.return(undefined);
    return { ...common, works: true };
  } catch (error) {
    const code = error instanceof HubError ? error.code : signal.aborted ? "vendor_unreachable" : "internal_error";
    const reason = signal.aborted ? `no answer within ${TRIED_AT_MOST_MS / 1000} s` : safeReason(error);
    return { ...common, works: false, code, reason };
  }
};
