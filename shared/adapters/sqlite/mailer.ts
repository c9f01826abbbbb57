import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mailer } from "../../ports/mailer.ts";

/** Mails as files of an outbox folder, one per mail id: nothing leaves the machine. */
export const outboxMailer = (folder: string): Mailer => ({
  async send(mail) {
    if (!/^[\w.-]{1,120}$/.test(mail.id)) throw new Error("a mail id is letters, digits, dots, dashes");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${mail.id}.json`);
    const pictures = mail.pictures?.map(({ id, png }) => ({ id, png: Buffer.from(png).toString("base64") }));
    const written = { ...mail, ...(pictures && { pictures }) };
    await writeFile(`${path}.part`, `${JSON.stringify(written, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.part`, path);
  },
});
