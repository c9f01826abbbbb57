import { HubError } from "../connector/errors.ts";
import type { Mail, Mailer } from "../ports/mailer.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { HubConfig } from "./define-hub.ts";

/** How mails go out: by the SMTP server that the config names, else by the adapter set's own way. */
export const mailerOf = (mail: HubConfig["mail"] | undefined, secrets: Secrets, other: Mailer): Mailer => {
  const smtp = mail?.smtp;
  if (mail === undefined || smtp === undefined) return other;
  const url = async (): Promise<string> => {
    const value = await secrets.get(smtp.secret);
    if (value === undefined)
      throw new HubError("secret_missing", `mail: ${smtp.secret} is not set`, { retry: "never" });
    if (!/^smtps?:\/\//.test(value) || !URL.canParse(value))
      throw new HubError("config_invalid", `mail: ${smtp.secret} must hold smtps://user:password@host:465`, {
        retry: "never",
      });
    return value;
  };
  return {
    async send(one: Mail) {
      // Loaded when something is sent: most runs send nothing.
      const { smtpMailer } = await import("../adapters/smtp/mailer.ts");
      await smtpMailer({ from: mail.from, replyTo: mail.replyTo, url }).send(one);
    },
  };
};
