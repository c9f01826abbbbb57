import { randomBytes } from "node:crypto";
import { HubError } from "../connector/errors.ts";
import { type EmailHash, emailHasher } from "../domain/email-hash.ts";
import type { Log } from "../pipeline/hub.ts";
import type { Table } from "../ports/table.ts";
import { update } from "../store/entities.ts";
import { identityKeyKey } from "../store/keys.ts";

/** The secret that people may set in place of a key of the table's own. */
export const IDENTITY_KEY = "THROUGHLINE_IDENTITY_KEY";
const SHORTEST = 32;

interface Kept {
  /** Base64; made where no secret is given, and kept beside one that is given later. */
  readonly key: string;
  /** A hash under the key in force, by which another one is noticed. */
  readonly mark: string;
}

/**
 * The hash of mail addresses under the hub's key: the given one, else one made at the first start and kept in the table.
 *
 * @param beside another process is the hub: what it has in force stays
 * @throws HubError config_invalid if the secret is short enough to be guessed
 */
export const hubEmailHash = async (
  table: Table,
  given: string | undefined,
  log: Log,
  beside: boolean,
): Promise<EmailHash> => {
  if (given !== undefined && given.length < SHORTEST) {
    throw new HubError(
      "config_invalid",
      `${IDENTITY_KEY} has fewer than ${SHORTEST} characters: use openssl rand -hex 32`,
      {
        retry: "never",
      },
    );
  }
  const hasherOf = (key: string) => emailHasher(given === undefined ? Buffer.from(key, "base64") : Buffer.from(given));
  const markOf = (key: string) => hasherOf(key)("mark@example.com") ?? "";
  const { pk, sk } = identityKeyKey;
  const before = (await table.get<Kept>(pk, sk))?.data;
  if (before === undefined || !beside) {
    await update<Kept>(table, identityKeyKey, (held) => {
      const key = held?.data.key ?? randomBytes(32).toString("base64");
      return held?.data.mark === markOf(key) ? undefined : { data: { ...held?.data, key, mark: markOf(key) } };
    });
  }
  const now = (await table.get<Kept>(pk, sk))?.data;
  if (now === undefined) throw new Error("a row that was just written is gone");
  if (before !== undefined && before.mark !== now.mark)
    log.warn({}, "the identity key changed: `throughline sync --full` hashes addresses under it");
  return hasherOf(now.key);
};
