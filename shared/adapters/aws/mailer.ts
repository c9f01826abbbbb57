import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Mail, Mailer } from "../../ports/mailer.ts";
import { clientSettings } from "./client-settings.ts";
import { pause, TRIES } from "./pause.ts";

/** Refusals that say that nothing was sent. */
const THROTTLED: ReadonlySet<string> = new Set(["TooManyRequestsException", "LimitExceededException"]);

/**
 * Mails by SES, from an address that is verified there.
 *
 * SES itself would send the same mail twice, so `once` is asked first: true for the first who asks with an id, for ever
 * false after that (a row of the table that only the first put makes). A mail whose sending then fails is lost and not
 * doubled; what SES refuses for its rate alone is tried again, an answer that never came is not.
 */
export const sesMailer = (
  { from }: { readonly from: string },
  once: (id: string) => Promise<boolean>,
  client = new SESv2Client(clientSettings(10, 1)),
): Mailer => ({
  async send({ id, to, subject, text, html, headers = {}, pictures = [] }) {
    if (!(await once(id))) return;
    const utf8 = (Data: string) => ({ Data, Charset: "UTF-8" });
    const mail = new SendEmailCommand({
      FromEmailAddress: from,
      Destination: { ToAddresses: [...to] },
      Content: {
        Simple: {
          Subject: utf8(subject),
          Body: { Text: utf8(text), ...(html !== undefined && { Html: utf8(html) }) },
          Headers: [
            { Name: "X-Entity-Ref-ID", Value: id },
            ...Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
          ],
          ...(pictures.length > 0 && { Attachments: pictures.map(attached) }),
        },
      },
    });
    for (let tries = 1; ; tries++) {
      try {
        await client.send(mail);
        return;
      } catch (error) {
        if (tries === TRIES || !(error instanceof Error && THROTTLED.has(error.name))) throw error;
        await pause(tries);
      }
    }
  },
});

const attached = ({ id, png }: NonNullable<Mail["pictures"]>[number], at: number) => ({
  RawContent: png,
  FileName: `chart-${at + 1}.png`,
  ContentType: "image/png",
  ContentDisposition: "INLINE" as const,
  ContentId: id,
});
