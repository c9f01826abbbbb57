import { HubError } from "../connector/errors.ts";

/** Of a message, and of all messages that are sent at once, in bytes. AWS takes more by now, but not everywhere. */
export const MESSAGE_AT_MOST = 256 * 1024;

/**
 * The same JSON as every queue takes it: SQS refuses a whole batch for one character that XML may not hold, and not
 * everything that speaks its protocol takes those beyond U+FFFF.
 *
 * @throws HubError message_too_large
 */
export const messageText = (json: string): string => {
  const text = json.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const bytes = Buffer.byteLength(text);
  if (bytes <= MESSAGE_AT_MOST) return text;
  throw new HubError("message_too_large", `a message has ${bytes} bytes, ${MESSAGE_AT_MOST} are allowed`, {
    retry: "never",
    details: { bytes },
  });
};
