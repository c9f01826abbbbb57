import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { HubError } from "../../connector/errors.ts";

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Standard Webhooks takes 24 to 64. */
const SECRET_BYTES = 32;

export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;

/**
 * A secret as the table may hold it: encrypted (AES-256-GCM), and of use for this endpoint only.
 *
 * @param key 32 bytes, of the hub
 */
export const sealed = (key: Uint8Array, endpointId: string, secret: string): string => {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(endpointId));
  const hidden = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), hidden]).toString("base64");
};

/** @throws HubError webhook_secret_unreadable: sealed under another key, or for another endpoint */
export const unsealed = (key: Uint8Array, endpointId: string, text: string): string => {
  const bytes = Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(endpointId))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const open = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return open.toString("utf8");
  } catch (cause) {
    throw new HubError("webhook_secret_unreadable", "the secret of the endpoint cannot be opened", {
      retry: "never",
      cause,
    });
  }
};
