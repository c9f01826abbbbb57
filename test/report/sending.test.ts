import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";
import { HubError } from "../../shared/connector/errors.ts";
import { eventsOf } from "../../shared/pipeline/events-of.ts";
import { localTime } from "../../shared/report/period.ts";
import { told, vendorServer } from "../connector/vendor-server.ts";
import { bodyOf } from "../doubles/body-of.ts";
import { shown, startSlack } from "../doubles/slack.ts";
import { openReports } from "./reports-hub.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});
const opened = (...args: Parameters<typeof openReports>) => {
  const hub = openReports(...args);
  open.push(() => hub[Symbol.dispose]());
  return hub;
};

/** A mail server that takes mails until it is told to refuse them. */
const startSmtp = async () => {
  const mails: ParsedMail[] = [];
  const faults: ("refuse" | "drop" | "unknown mailbox")[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _, done) =>
      username === "hub" && password === "s3cret" ? done(null, { user: "hub" }) : done(new Error("no")),
    onData(stream, { envelope }, done) {
      const fault = faults.shift();
      void simpleParser(stream).then((mail) => {
        if (fault === "refuse") return done(Object.assign(new Error("try later"), { responseCode: 451 }));
        if (fault === "unknown mailbox") return done(Object.assign(new Error("no such user"), { responseCode: 550 }));
        mails.push(Object.assign(mail, { envelope: envelope.rcptTo.map(({ address }) => address) }));
        if (fault === "drop") for (const connection of server.connections) connection.close();
        else done();
      });
    },
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  open.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { mails, faults, url: `smtp://hub:s3cret@127.0.0.1:${port}` };
};

const WEEKLY = { kind: "product" as const, schedule: "0 9 * * 1" };
const BEFORE = "2026-03-06T10:00:00.000Z";
const MONDAY = "2026-03-09T09:00:00.000Z";

describe("a year of schedules", () => {
  it("makes each report once for each whole week, at its own hour, in three zones and over all clock changes", async () => {
    const zones = { berlin: "Europe/Berlin", newyork: "America/New_York", kolkata: "Asia/Kolkata" };
    const hub = opened({
      reports: Object.fromEntries(
        Object.entries(zones).map(([name, timezone]) => [
          name,
          { kind: "own" as const, sections: ["next" as const], schedule: "0 9 * * 1", timezone, to: ["archive"] },
        ]),
      ),
    });
    await hub.tick();
    // Once a day, and every half hour around nine o'clock of each zone on Mondays.
    for (; hub.now().toISOString() < "2027-03-10"; hub.pass(1800 - ((hub.now().getTime() / 1000) % 1800))) {
      const [hour, minute] = [hub.now().getUTCHours(), hub.now().getUTCMinutes()];
      const isNear = hub.now().getUTCDay() === 1 && [3, 7, 8, 13, 14].includes(hour);
      if (isNear || (hour === 0 && minute === 0)) await hub.tick();
    }
    for (const [name, zone] of Object.entries(zones)) {
      const runs = (await hub.runs(name)).toReversed();
      expect(runs).toHaveLength(54);
      for (const [n, { document }] of runs.entries()) {
        if (document === undefined) throw new Error("a run without a document");
        const before = runs[n - 1]?.document;
        expect(localTime(new Date(document.period.start), zone).slice(11)).toBe("00:00");
        if (before === undefined) continue;
        expect(document.period.start).toBe(before.period.end);
        expect(localTime(new Date(document.madeAt), zone).slice(11)).toBe("09:00");
        expect(await hub.deliveries(name, document.run)).toEqual([["archive", "sent"]]);
      }
    }
  }, 20_000);

  it("makes late what was missed, sends only the newest, and makes nothing twice", async () => {
    const hub = opened({ reports: { weekly: { ...WEEKLY, to: ["archive"] } } });
    hub.passTo(BEFORE);
    await hub.tick();
    hub.pass(16 * 60);
    await hub.tick();
    hub.passTo("2026-03-31T12:00:00.000Z");
    await hub.tick();
    await hub.tick();
    const runs = (await hub.runs("weekly")).map(({ run }) => run).toReversed();
    expect(runs).toEqual([
      "2026-02-23_2026-03-01",
      "2026-03-02_2026-03-08",
      "2026-03-09_2026-03-15",
      "2026-03-16_2026-03-22",
      "2026-03-23_2026-03-29",
    ]);
    const states = await Promise.all(runs.map(async (run) => (await hub.deliveries("weekly", run))[0]?.[1]));
    expect(states).toEqual(["skipped", "skipped", "skipped", "skipped", "sent"]);
  });
});

/** A hub whose first run is kept, standing at the time of the next. */
const ready = async (...[config, ...more]: Parameters<typeof openReports>) => {
  const hub = opened(config, ...more);
  hub.passTo(BEFORE);
  await hub.feature(1, [{ headline: "development", at: "2026-02-01T00:00:00.000Z" }], {
    name: "Saved carts",
    key: "ACME-1",
    targetDate: "2026-03-20",
  });
  await hub.tick();
  hub.pass(16 * 60);
  await hub.tick();
  await hub.feature(
    1,
    [
      { headline: "development", at: "2026-02-01T00:00:00.000Z" },
      { headline: "production", at: "2026-03-05T00:00:00.000Z" },
    ],
    { name: "Saved carts", key: "ACME-1", targetDate: "2026-04-01" },
  );
  hub.passTo(MONDAY);
  return hub;
};
const RUN = "2026-03-02_2026-03-08";

describe("a delivery", () => {
  it("brings a mail to a real mail server, with both parts, its headers and its id", async () => {
    const smtp = await startSmtp();
    const hub = await ready(
      {
        mail: { from: "Throughline <hub@acme.example>", smtp: { secret: "SMTP" } },
        reports: { weekly: { ...WEEKLY, to: ["email:ana@acme.example"] } },
      },
      { SMTP: smtp.url },
    );
    await hub.tick();
    await hub.tick();
    expect(await hub.deliveries("weekly", RUN)).toEqual([["email:ana@acme.example", "sent"]]);
    expect(smtp.mails).toHaveLength(1);
    const [mail] = smtp.mails;
    expect(mail?.subject).toBe("Product weekly: 1 feature shipped, 1 slipped");
    expect(mail).toMatchObject({ envelope: ["ana@acme.example"], from: { text: '"Throughline" <hub@acme.example>' } });
    expect(mail?.headers.get("list")).toMatchObject({
      unsubscribe: { mail: "hub@acme.example?subject=unsubscribe%20weekly" },
    });
    for (const part of [mail?.text, typeof mail?.html === "string" ? mail.html : ""])
      expect(part).toContain("shipped: Development → Production");
    expect(mail?.text).toContain("since the report up to 1 Mar 2026");
  });

  it("is tried again after a refusal, later each time, and arrives once", async () => {
    const smtp = await startSmtp();
    smtp.faults.push("refuse", "refuse");
    const hub = await ready(
      {
        mail: { from: "hub@acme.example", smtp: { secret: "SMTP" } },
        reports: { weekly: { ...WEEKLY, to: ["email:ana@acme.example", "archive"] } },
      },
      { SMTP: smtp.url },
    );
    await hub.tick();
    expect(await hub.deliveries("weekly", RUN)).toEqual([
      ["archive", "sent"],
      ["email:ana@acme.example", "waiting", "vendor_unreachable"],
    ]);
    hub.pass(59);
    await hub.tick();
    expect(smtp.faults).toHaveLength(1);
    hub.pass(2);
    await hub.tick();
    hub.pass(121);
    await hub.tick();
    expect(smtp.mails).toHaveLength(1);
    expect(await hub.deliveries("weekly", RUN)).toEqual([
      ["archive", "sent"],
      ["email:ana@acme.example", "sent"],
    ]);
  });

  it("whose answer got lost is not sent again by itself, and is told", async () => {
    const smtp = await startSmtp();
    smtp.faults.push("drop");
    const hub = await ready(
      {
        mail: { from: "hub@acme.example", smtp: { secret: "SMTP" } },
        reports: { weekly: { ...WEEKLY, to: ["email:ana@acme.example"] } },
      },
      { SMTP: smtp.url },
    );
    await hub.tick();
    hub.pass(48 * 3600);
    await hub.tick();
    expect(smtp.mails).toHaveLength(1);
    expect(await hub.deliveries("weekly", RUN)).toEqual([["email:ana@acme.example", "unknown", "delivery_unknown"]]);
  });

  it("that three processes find due at once is sent by one of them", async () => {
    const sent: string[] = [];
    const hub = await ready(
      { mail: { from: "hub@acme.example" }, reports: { weekly: { ...WEEKLY, to: ["email:ana@acme.example"] } } },
      {},
      (ports) => ({
        ...ports,
        mailer: {
          send: async ({ id }) => {
            sent.push(id);
            if (sent.length === 1) throw new HubError("vendor_unreachable", "not now", { retry: "later" });
          },
        },
      }),
    );
    await hub.tick();
    hub.pass(61);
    await Promise.all([hub.deliver(), hub.deliver(), hub.deliver()]);
    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(1);
    expect(await hub.deliveries("weekly", RUN)).toEqual([["email:ana@acme.example", "sent"]]);
  });

  it("reaches Slack within its limits, with nothing that notifies", async () => {
    const slack = await startSlack("xoxb-1");
    open.push(() => slack[Symbol.asyncDispose]());
    const hub = await ready(
      {
        outputs: { team: { connector: "slack", channel: "C1", token: { secret: "SLACK" }, baseUrl: slack.baseUrl } },
        reports: { weekly: { ...WEEKLY, to: ["slack:team"] } },
      },
      { SLACK: "xoxb-1" },
    );
    await hub.tick();
    const [message] = slack.posted;
    if (message === undefined) throw new Error("Slack got nothing");
    expect(message.text).toBe("Product weekly: 1 feature shipped, 1 slipped");
    expect(shown(message).words.join("\n")).toContain("ACME-1 Saved carts shipped: Development → Production");
    expect(shown(message).links).toEqual(["http://localhost:4100/reports/weekly/runs/2026-03-02_2026-03-08"]);
  });

  it("by webhook carries the document and a signature that the standard's own library takes", async () => {
    const bodies: { body: string; headers: Record<string, string> }[] = [];
    const receiver = await vendorServer((request, response, nth) => {
      void bodyOf(request).then((body) => {
        bodies.push({ body, headers: request.headers as Record<string, string> });
        told(bodies.length === 1 ? 500 : 204, "")(request, response, nth);
      });
    });
    open.push(() => receiver[Symbol.asyncDispose]());
    const key = `whsec_${Buffer.from("a key of twenty-four b..").toString("base64")}`;
    const hub = await ready(
      { reports: { weekly: { ...WEEKLY, to: ["webhook:REPORT_HOOK"], signWith: { secret: "REPORT_KEY" } } } },
      { REPORT_HOOK: `${receiver.baseUrl}/reports`, REPORT_KEY: key },
    );
    await hub.tick();
    hub.pass(3600);
    await hub.tick();
    expect(await hub.deliveries("weekly", RUN)).toEqual([["webhook:REPORT_HOOK", "sent"]]);
    const [first, second] = bodies;
    expect(first?.headers["webhook-id"]).toBe(second?.headers["webhook-id"]);
    const signature = new Webhook(key).sign(
      second?.headers["webhook-id"] ?? "",
      new Date(Number(second?.headers["webhook-timestamp"]) * 1000),
      second?.body ?? "",
    );
    expect(second?.headers["webhook-signature"]).toBe(signature);
    expect(JSON.parse(second?.body ?? "")).toMatchObject({ type: "report.v1", data: { run: RUN, is_news: true } });
  });

  it("that is refused for good is told by an event, as the report itself was, and neither names the address", async () => {
    const smtp = await startSmtp();
    smtp.faults.push("unknown mailbox");
    const hub = await ready(
      {
        mail: { from: "hub@acme.example", smtp: { secret: "SMTP" } },
        reports: { weekly: { ...WEEKLY, to: ["email:ana@acme.example"] } },
      },
      { SMTP: smtp.url },
    );
    await hub.tick();
    hub.pass(3600);
    await hub.tick();
    expect(await hub.deliveries("weekly", RUN)).toEqual([["email:ana@acme.example", "failed", "delivery_refused"]]);
    const records = hub.feed.read(0, 1000).map(({ record }) => record);
    const events = records.flatMap((record) => eventsOf({ url: "http://localhost:4100" }, record));
    const told = events.filter(({ name }) => name.startsWith("report."));
    expect(told.map(({ name, data }) => [name, (data as { run: string }).run])).toEqual([
      ["report.generated", "2026-02-23_2026-03-01"],
      ["report.generated", RUN],
      ["report.delivery.failed", RUN],
    ]);
    expect(told.at(-1)?.data).toMatchObject({ recipient: "email:a…@acme.example", code: "delivery_refused" });
    expect(JSON.stringify(told)).not.toContain("ana@");
    expect(JSON.stringify(hub.logged)).not.toContain("s3cret");
  });

  it("is left out where nothing changed, if the config wants it so, and says why", async () => {
    const hub = await ready({ reports: { weekly: { ...WEEKLY, to: ["archive"], onlyIfChanged: true } } });
    await hub.tick();
    hub.passTo("2026-03-16T09:00:00.000Z");
    await hub.tick();
    expect(await hub.deliveries("weekly", RUN)).toEqual([["archive", "sent"]]);
    const [last] = await hub.runs("weekly");
    expect(last?.document).toMatchObject({ run: "2026-03-09_2026-03-15", isNews: false, lead: "Nothing changed." });
    expect(await hub.deliveries("weekly", "2026-03-09_2026-03-15")).toEqual([["archive", "skipped"]]);
  });
});
