import { type CursorScope, openCursor, sealCursor } from "../api/cursor.ts";
import type { WebDeps } from "../web-deps.ts";

const HOUR_MS = 3_600_000;

/** A cursor for a link on a page. Counted from the full hour, so that a page read twice is the same to the byte. */
export const linkCursor = (
  { cursorKey, now }: WebDeps,
  scope: CursorScope,
  next: string | undefined,
): string | undefined =>
  next === undefined
    ? undefined
    : sealCursor(cursorKey, scope, next, new Date(Math.floor(now().getTime() / HOUR_MS) * HOUR_MS));

/** The place that a link's cursor names; undefined for the first page. */
export const placeOf = (
  { cursorKey, now }: WebDeps,
  scope: CursorScope,
  cursor: string | undefined,
): string | undefined => (cursor === undefined ? undefined : openCursor(cursorKey, scope, cursor, now()));
