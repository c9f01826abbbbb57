import { hash } from "node:crypto";

/** A strong tag: two answers with it are the same object in the same version, good for `If-Match`. */
export const strongTag = (...parts: readonly (string | number)[]): string => `"${parts.join("-")}"`;

/** A weak tag: two answers with it say the same. */
export const weakTag = (content: string): string => `W/"${hash("sha256", content, "base64url").slice(0, 22)}"`;

const opaque = (tag: string) => tag.trim().replace(/^W\//, "");

/** Whether `If-None-Match` names this tag, by weak comparison as RFC 9110 asks. */
export const isNamedIn = (header: string | undefined, tag: string): boolean =>
  header !== undefined && (header.trim() === "*" || header.split(",").some((named) => opaque(named) === opaque(tag)));
