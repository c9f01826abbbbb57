import { createHmac } from "node:crypto";

/** Hash of an address, or undefined for text that is none. */
export type EmailHash = (address: string) => string | undefined;

/** People stand on every record of a page: so many addresses are not hashed again. */
const REMEMBERED = 2000;

/**
 * Makes the hash by which mailboxes are compared: alike for one mailbox in every tool, and worth nothing without the
 * hub's key. Lower case, no white space around, no plus part; HMAC-SHA-256 as 64 hex digits.
 */
export const emailHasher = (key: Uint8Array): EmailHash => {
  const remembered = new Map<string, string | undefined>();
  return (address) => {
    if (remembered.has(address)) return remembered.get(address);
    const [, name, domain] = /^([^@+\s]+)(?:\+[^@\s]*)?@([^@\s]+)$/.exec(address.trim().toLowerCase()) ?? [];
    const found = name === undefined ? undefined : createHmac("sha256", key).update(`${name}@${domain}`).digest("hex");
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(address, found);
    return found;
  };
};
