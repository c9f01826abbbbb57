import { LOG_FIELDS, type Log, type LogFields } from "../pipeline/log.ts";

/** What moves a terminal's cursor, ends a line for some readers or turns text around, and JSON leaves as it is. */
const UNRULY = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu;
const escaped = (signs: string): string =>
  Array.from({ length: signs.length }, (_, at) => `\\u${signs.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");

/** From the least to the most urgent. A failure that no code names is an `error`: a defect of ours. */
const LEVELS = ["info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];

const FIELDS = Object.keys(LOG_FIELDS) as readonly (keyof LogFields)[];
const LETTERS_AT_MOST = 500;

/** Reasons may name what somebody typed: an address of a person never stands in a log. Before its @ stand 64 signs at most. */
const MAIL_ADDRESS = /[^\s<>"'(),;:@]{1,64}@[\w-]+(?:\.[\w-]+)+/g;

const safe = (value: string | number | undefined): string | number | undefined =>
  typeof value === "string" ? value.replaceAll(MAIL_ADDRESS, "[address]").slice(0, LETTERS_AT_MOST) : value;

/**
 * One JSON line per outcome on stderr; the message is a constant verb, the fields are those of {@link LOG_FIELDS} alone,
 * in their order, whatever an object that was handed in holds beside them.
 *
 * @param least lines below it are left out
 */
export const jsonLog = (
  now: () => Date,
  write: (line: string) => void = (line) => process.stderr.write(line),
  least: Level = "info",
): Log => {
  const line = (level: "info" | "warn") => (fields: LogFields, message: string) => {
    const told = level === "warn" && fields.code === "internal_error" ? "error" : level;
    if (LEVELS.indexOf(told) < LEVELS.indexOf(least)) return;
    const kept = Object.fromEntries(FIELDS.map((name) => [name, safe(fields[name])]));
    write(`${JSON.stringify({ time: now().toISOString(), level: told, message, ...kept }).replace(UNRULY, escaped)}\n`);
  };
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
