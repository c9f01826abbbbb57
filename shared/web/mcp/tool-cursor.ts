import * as z from "zod";
import { openCursor, sealCursor } from "../api/cursor.ts";
import type { ToolAsked } from "./tool.ts";

/** The place in a list, as an answer before gave it. */
export const Cursor = z
  .string()
  .max(4000)
  .optional()
  .describe("The next_cursor of the answer before; goes with the same arguments only.");

type Paged = ToolAsked<Readonly<Record<string, unknown>>>;

const scopeOf = ({ input, identity }: Paged, tool: string) => {
  const { cursor: _, ...filters } = input;
  return { route: `mcp.${tool}`, filters: { ...filters, identity: identity.id } };
};

/** @throws HubError cursor_invalid | cursor_filter_mismatch | cursor_expired */
export const placeIn = (asked: Paged, tool: string): string | undefined => {
  const { deps, input } = asked;
  const { cursor } = input as { readonly cursor?: string | undefined };
  return cursor === undefined ? undefined : openCursor(deps.cursorKey, scopeOf(asked, tool), cursor, deps.now());
};

export const sealedIn = (asked: Paged, tool: string, next: string | undefined): string | null =>
  next === undefined ? null : sealCursor(asked.deps.cursorKey, scopeOf(asked, tool), next, asked.deps.now());
