import type { Log, LogFields } from "../pipeline/hub.ts";

/** What moves a terminal's cursor, ends a line for some readers or turns text around, and JSON leaves as it is. */
const UNRULY = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu;
const escaped = (signs: string): string =>
  Array.from({ length: signs.length }, (_, at) => `\\u${signs.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");

/** One JSON line per outcome on stderr; the message is a constant verb, the fields a closed list. */
export const jsonLog = (now: () => Date, write: (line: string) => void = (line) => process.stderr.write(line)): Log => {
  const line = (level: "info" | "warn") => (fields: LogFields, message: string) =>
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields }).replace(UNRULY, escaped)}\n`);
  return { info: line("info"), warn: line("warn") };
};

/** For commands that people read: only what goes wrong. */
export const quietLog = (write: (line: string) => void): Log => ({
  info: () => {},
  warn: ({ connection, stream, code, reason }, message) =>
    write(
      `! ${[connection, stream].filter(Boolean).join("/")} ${message}${code === undefined ? "" : ` (${code})`}: ${reason ?? ""}`
        .replace(/[\p{Cc}\p{Cf}]/gu, "")
        .concat("\n"),
    ),
});
