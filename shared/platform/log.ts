import type { Log, LogFields } from "../pipeline/hub.ts";

/** One JSON line per outcome on stderr; the message is a constant verb, the fields a closed list. */
export const jsonLog = (now: () => Date, write: (line: string) => void = (line) => process.stderr.write(line)): Log => {
  const line = (level: "info" | "warn") => (fields: LogFields, message: string) =>
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`);
  return { info: line("info"), warn: line("warn") };
};

/** For commands that people read: only what goes wrong. */
export const quietLog = (write: (line: string) => void): Log => ({
  info: () => {},
  warn: ({ connection, stream, code, reason }, message) =>
    write(
      `! ${[connection, stream].filter(Boolean).join("/")} ${message}${code === undefined ? "" : ` (${code})`}: ${reason ?? ""}\n`,
    ),
});
