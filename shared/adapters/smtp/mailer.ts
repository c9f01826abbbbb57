import { createTransport } from "nodemailer";
import { HubError } from "../../connector/errors.ts";
import type { Mailer } from "../../ports/mailer.ts";

const TIMEOUT_MS = 30_000;
/**
 * Mails by SMTP. The server keeps no ids: whoever sends notes it beforehand. The same id is the same `Message-ID`, by which
 * mail programs show a mail once.
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
    const progress = progressOf();
    const transport = createTransport(
      {
        url: address,
        logger: progress.logger,
        transactionLog: true,
        connectionTimeout: TIMEOUT_MS,
        greetingTimeout: TIMEOUT_MS,
        socketTimeout: TIMEOUT_MS,
      },
      { from: settings.from, ...(settings.replyTo !== undefined && { replyTo: settings.replyTo }) },
    );
    try {
      await transport.sendMail({
        to: [...to],
        subject,
        text,
        messageId: `<${id}@${domainOf(settings.from)}>`,
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
      throw failed(error, progress.hasBegun());
    } finally {
      transport.close();
    }
  },
});

const domainOf = (from: string): string => /@([^\s<>]+)/.exec(from)?.[1] ?? "localhost";

/** Whether the server was asked to take the mail itself: errors of a connection do not tell. What it logs is kept nowhere. */
const progressOf = () => {
  let hasBegun = false;
  const look = (_: unknown, line?: unknown) => {
    if (line === "DATA") hasBegun = true;
  };
  const logger = { level: () => {}, trace: look, debug: look, info: look, warn: look, error: look, fatal: look };
  return { logger, hasBegun: () => hasBegun };
};

/** Words of the server are not told: an address may stand in them. */
const failed = (error: unknown, hasBegun: boolean): HubError => {
  const { code = "", responseCode } = (error ?? {}) as { readonly code?: string; readonly responseCode?: number };
  const what = responseCode === undefined ? code : `${responseCode}`;
  const told = (as: "vendor_auth_expired" | "delivery_refused" | "delivery_unknown", words: string) =>
    new HubError(as, `the mail server ${words} (${what})`, { retry: "never", cause: error });
  if (code === "EAUTH") return told("vendor_auth_expired", "refused the credential");
  if (responseCode !== undefined && responseCode >= 500) return told("delivery_refused", "refused the mail");
  if (responseCode === undefined && hasBegun) return told("delivery_unknown", "did not say whether it took the mail");
  return new HubError("vendor_unreachable", `the mail server did not take the mail (${what})`, {
    retry: "later",
    cause: error,
  });
};
