import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** htmx as its package ships it. A bundle for AWS holds the text itself in the place of this file. */
export const HTMX = readFileSync(createRequire(import.meta.url).resolve("htmx.org/dist/htmx.min.js"), "utf8");
