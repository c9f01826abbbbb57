import { HubError } from "./errors.ts";

/** Many times the largest page of any vendor, and little enough to hold. */
export const ANSWER_AT_MOST = 64 * 1024 * 1024;

/**
 * The same answer, whose body breaks off with `vendor_answer_unreadable` where it grows too long: a few packed kilobytes
 * can unpack to as many gigabytes. What is not packed and says its length is judged by that, at no cost.
 *
 * @param most bytes, unpacked
 */
export const bounded = (response: Response, host: string, most = ANSWER_AT_MOST): Response => {
  const { body, headers, status, statusText, url } = response;
  const told = headers.get("content-length");
  if (body === null || (told !== null && !headers.has("content-encoding") && Number(told) <= most)) return response;
  const reader = body.getReader();
  let size = 0;
  const cut = new ReadableStream<Uint8Array>({
    async pull(out) {
      const { done, value } = await reader.read();
      if (done) return out.close();
      size += value.byteLength;
      if (size <= most) return out.enqueue(value);
      await reader.cancel().catch(() => {});
      throw new HubError("vendor_answer_unreadable", `${host} answered with more than ${most} bytes`, {
        retry: "later",
      });
    },
    cancel: (why) => reader.cancel(why),
  });
  // SDKs ask where an answer came from, which no constructor takes.
  return Object.defineProperty(new Response(cut, { status, statusText, headers }), "url", { value: url });
};
