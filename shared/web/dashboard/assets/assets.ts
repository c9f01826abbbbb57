import { createHash } from "node:crypto";
import { HTMX } from "./htmx.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M1 12h22" stroke="#5b6ee0" stroke-width="2"/><g fill="#fff" stroke="#5b6ee0" stroke-width="2"><circle cx="6" cy="12" r="3"/><circle cx="15.500" cy="12" r="4.500"/></g></svg>`;

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** The address holds a hash of the content, so a copy may be kept for ever. */
const asset = (name: string, type: string, text: string): Asset => {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { path: `/assets/${hash}/${name}`, type, text };
};

const style = asset("style.css", "text/css; charset=utf-8", STYLE);
const script = asset("app.js", "text/javascript; charset=utf-8", SCRIPT);
const htmx = asset("htmx.js", "text/javascript; charset=utf-8", HTMX);
const icon = asset("icon.svg", "image/svg+xml", ICON);

export const STYLE_PATH = style.path;
export const ICON_PATH = icon.path;
export const SCRIPT_PATH = script.path;
export const HTMX_PATH = htmx.path;

/** Every file that pages refer to. */
export const ASSETS: readonly Asset[] = [style, icon, script, htmx];
