import { randomBytes } from "node:crypto";
import { HubError } from "../connector/errors.ts";
import type { Ports } from "../ports/ports.ts";
import { update } from "../store/entities.ts";
import { identityKeyKey } from "../store/keys.ts";

const SECRET = "THROUGHLINE_IDENTITY_KEY";
const SHORTEST = 32;

/**
 * The key of all hashes of mail addresses: the secret of that name, else one made at the first start and kept in the
 * table.
 *
 * @throws HubError config_invalid if the secret is short enough to be guessed
 */
export const identityKey = async ({ secrets, table }: Pick<Ports, "secrets" | "table">): Promise<Uint8Array> => {
  const given = await secrets.get(SECRET);
  if (given !== undefined && given.length < SHORTEST) {
    throw new HubError("config_invalid", `${SECRET} has fewer than ${SHORTEST} characters: use openssl rand -hex 32`, {
      retry: "never",
    });
  }
  if (given !== undefined) return Buffer.from(given);
  await update<{ key: string }>(table, identityKeyKey, (held) =>
    held === undefined ? { data: { key: randomBytes(32).toString("base64") } } : undefined,
  );
  const row = await table.get<{ key: string }>(identityKeyKey.pk, identityKeyKey.sk);
  if (row === undefined) throw new Error("a row that was just written is gone");
  return Buffer.from(row.data.key, "base64");
};
