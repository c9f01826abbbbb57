import { createMiddleware } from "hono/factory";
import type { WebEnv } from "./web-deps.ts";

/** Nothing inline, nothing from elsewhere: vendor text that slips through still cannot run (surfaces 3.16). */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * The preview of a mail: the page around it may hold a frame, and the mail within has its inline styles and nothing that
 * runs. No other document has `unsafe-inline`.
 */
const FRAMES = {
  holds: [`${CONTENT_SECURITY_POLICY}; frame-src 'self'`, "DENY"],
  held: [
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "SAMEORIGIN",
  ],
} as const;

/** Sets the headers that every answer carries, errors included. */
export const securityHeaders = createMiddleware<WebEnv>(async (c, next) => {
  await next();
  const frames = c.get("frames");
  const [policy, frameOptions] = frames === undefined ? [CONTENT_SECURITY_POLICY, "DENY"] : FRAMES[frames];
  c.res.headers.set("Content-Security-Policy", policy);
  c.res.headers.set("X-Content-Type-Options", "nosniff");
  c.res.headers.set("X-Frame-Options", frameOptions);
  // Other sites learn nothing. Under `no-referrer` browsers would not tell us either that a form is our own.
  c.res.headers.set("Referrer-Policy", "same-origin");
  c.res.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  c.res.headers.set("Cross-Origin-Resource-Policy", "same-origin");
});
