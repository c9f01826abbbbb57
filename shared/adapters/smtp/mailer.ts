import { createTransport } from "nodemailer";
import { HubError } from "../../connector/errors.ts";
import type { Mailer } from "../../ports/mailer.ts";

const TIMEOUT_MS = 30_000;
/** Up to here the server has taken no mail. */
const BEFORE_THE_MAIL: ReadonlySet<string> = new Set(["CONN", "EHLO", "HELO", "STARTTLS", "MAIL FROM", "RCPT TO"]);
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNECTION",
  "ECONNREFUSED",
  "EDNS",
  "ETLS",
  "EAUTH",
  "EENVELOPE",
]);

/**
 * Mails by SMTP. The server keeps no ids: whoever sends asks once. Other processes than the hub's own may send the same
 * mail; its `Message-ID` is the same then.
 *
 * @param settings.url `smtps://user:password@host:465` or `smtp://host:587`: the credential stands in it
 */
export const smtpMailer = (settings: {
  readonly from: string;
  readonly replyTo?: string | undefined;
  readonly url: () => Promise<string>;
}): Mailer => ({
  async send({ id, to, subject, text, html, headers = {}, pictures = [] }) {
    const address = await settings.url();
    const transport = createTransport(
      { url: address, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
      { from: settings.from, ...(settings.replyTo !== undefined && { replyTo: settings.replyTo }) },
    );
    try {
      await transport.sendMail({
        to: [...to],
        subject,
        text,
        messageId: `<${id}@throughline.invalid>`,
        headers: { ...headers, "X-Entity-Ref-ID": id },
        // A mail must not lead the server to files or addresses.
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(html !== undefined && { html }),
        attachments: pictures.map(({ id: cid, png }, at) => ({
          cid,
          content: Buffer.from(png),
          filename: `chart-${at + 1}.png`,
          contentType: "image/png",
          contentDisposition: "inline" as const,
        })),
      });
    } catch (error) {
      throw failed(error);
    } finally {
      transport.close();
    }
  },
});

/** Words of the server are not told: an address may stand in them. */
const failed = (error: unknown): HubError => {
  const {
    code = "",
    command = "",
    responseCode,
  } = (error ?? {}) as {
    readonly code?: string;
    readonly command?: string;
    readonly responseCode?: number;
  };
  const what = responseCode === undefined ? code : `${responseCode}`;
  if (code === "EAUTH")
    return new HubError("vendor_auth_expired", `the mail server refused the credential (${what})`, {
      retry: "never",
      cause: error,
    });
  if (responseCode !== undefined && responseCode >= 500)
    return new HubError("delivery_refused", `the mail server refused the mail (${what})`, {
      retry: "never",
      cause: error,
    });
  if (responseCode !== undefined || NOT_CONNECTED.has(code) || BEFORE_THE_MAIL.has(command))
    return new HubError("vendor_unreachable", `the mail server did not take the mail (${what})`, {
      retry: "later",
      cause: error,
    });
  return new HubError("delivery_unknown", `the mail server's answer got lost (${what})`, {
    retry: "never",
    cause: error,
  });
};
