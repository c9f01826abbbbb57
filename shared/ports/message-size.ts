import { HubError } from "../connector/errors.ts";

/** Of a message, and of all messages that are sent at once, in bytes. AWS takes more by now, but not everywhere. */
export const MESSAGE_AT_MOST = 256 * 1024;

/** @throws HubError message_too_large */
export const checkMessage = (body: string): void => {
  const bytes = Buffer.byteLength(body);
  if (bytes > MESSAGE_AT_MOST)
    throw new HubError("message_too_large", `a message has ${bytes} bytes, ${MESSAGE_AT_MOST} are allowed`, {
      retry: "never",
      details: { bytes },
    });
};
