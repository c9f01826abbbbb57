import { describe, expect, it } from "vitest";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Mail, Mailer } from "../../shared/ports/mailer.ts";
import type { Secrets } from "../../shared/ports/secrets.ts";

/** @param open a store that holds the given values and nothing else */
export const testSecrets = (
  name: string,
  open: (values: Readonly<Record<string, string>>) => Promise<Secrets>,
): void => {
  describe(name, () => {
    it("gives a value that somebody set, and nothing else", async () => {
      const secrets = await open({ JIRA_TOKEN: "s3cret=with#signs", EMPTY: "" });
      expect(await secrets.get("JIRA_TOKEN")).toBe("s3cret=with#signs");
      expect(await secrets.get("OTHER")).toBeUndefined();
      expect(await secrets.get("EMPTY")).toBeUndefined();
      expect(await secrets.get("constructor")).toBeUndefined();
    });

    it("stores a value under any name, whole, and gives the last one", async () => {
      const secrets = await open({});
      const name = "connection.jira/../x.tokens";
      await secrets.put(name, '{"a":"first, which is longer"}');
      await secrets.put(name, '{"a":"Zwölf\n"}');
      await secrets.put("another", "1");
      expect(await secrets.get(name)).toBe('{"a":"Zwölf\n"}');
      expect(await secrets.get("another")).toBe("1");
    });

    it("gives what people set before what was stored", async () => {
      const secrets = await open({ JIRA_TOKEN: "theirs" });
      await secrets.put("JIRA_TOKEN", "ours");
      expect(await secrets.get("JIRA_TOKEN")).toBe("theirs");
    });
  });
};

export const testClock = (name: string, clock: Clock): void => {
  describe(name, () => {
    it("moves on while it sleeps, and not backwards", async () => {
      const before = clock.now().getTime();
      await clock.sleep(5);
      expect(clock.now().getTime()).toBeGreaterThanOrEqual(before + 4);
    });

    it("ends a sleep as soon as it is told to", async () => {
      const stopping = new AbortController();
      const sleeping = clock.sleep(3_600_000, stopping.signal);
      stopping.abort();
      await expect(sleeping).rejects.toThrow();
    });
  });
};

/** @param sent what was delivered so far */
export const testMailer = (
  name: string,
  open: () => Promise<{ mailer: Mailer; sent: () => Promise<readonly Mail[]> }>,
): void => {
  const mail: Mail = {
    id: "report-1",
    to: ["ana@acme.example"],
    subject: "Weekly",
    text: "Zwölf",
    html: "<p>Zwölf</p>",
  };
  describe(name, () => {
    it("delivers a mail with its text, its HTML and its recipients", async () => {
      const { mailer, sent } = await open();
      await mailer.send(mail);
      expect(await sent()).toEqual([mail]);
    });

    it("delivers the same id once", async () => {
      const { mailer, sent } = await open();
      await mailer.send(mail);
      await mailer.send(mail);
      expect(await sent()).toHaveLength(1);
    });
  });
};
