import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Config } from "../../connectors/mixpanel/config.ts";
import { countEvents } from "../../connectors/mixpanel/count-events.ts";
import mixpanel from "../../connectors/mixpanel/index.ts";
import { linesOf } from "../../connectors/mixpanel/lines.ts";
import { dayIn, instantIn } from "../../connectors/mixpanel/zone.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import type { Page } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { testConnector } from "../contract/connector.ts";
import { draftsOf, openSite, own } from "./analytics-site.ts";

const settings = { serviceAccount: "sa", serviceAccountSecret: "s", projectId: "3187001", workspaceId: "3690112" };
testConnector(mixpanel, {
  settings: { ...settings, events: ["Saved carts used"] },
  webhook: { body: {}, receivedAt: new Date(0) },
});

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const UNTIL = Date.parse("2026-11-22T00:00:00Z");
let now = UNTIL + 12 * HOUR;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ size: 120, until: new Date(UNTIL), clock: () => now });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.reset();
  now += 12 * HOUR;
});

const open = (more: object = {}) => openSite(mixpanel, sandbox, more);
const idsOf = (pages: readonly Page<unknown>[], name: string) =>
  own(draftsOf(mixpanel, name, pages)).map(({ external }) => external.id);
const queries = (asked: readonly string[]) => asked.filter((path) => path.includes("/api/query/"));

describe("reports of Mixpanel", () => {
  it("are read a few in each run, those that waited longest first, until all are through", async () => {
    const { read, asked } = open({ queriesPerRun: 4, refreshHours: 2 });
    const ids: string[] = [];
    const runs: number[] = [];
    let cursor: unknown;
    for (let run = 0; run < 4; run++) {
      const before = queries(asked).length;
      const pages = await read("reports", cursor);
      ids.push(...idsOf(pages, "reports"));
      runs.push(queries(asked).length - before);
      cursor = pages.at(-1)?.cursor ?? cursor;
    }
    expect(runs).toEqual([4, 4, 4, 0]);
    expect(ids).toHaveLength(11);
    expect(new Set(ids).size).toBe(11);
  });

  it("never cost more queries in an hour than the setting, however often they are due", async () => {
    const { read, asked } = open({ queriesPerRun: 60, queriesPerHour: 7, refreshHours: 1 });
    let cursor: unknown;
    for (let minute = 0; minute < 60; minute += 10) {
      cursor = (await read("reports", cursor)).at(-1)?.cursor ?? cursor;
      now += 10 * 60_000 - (minute === 50 ? 1000 : 0);
    }
    expect(queries(asked)).toHaveLength(7);
    now += 2000;
    await read("reports", cursor);
    expect(queries(asked).length).toBeGreaterThan(7);
  });

  it("are left alone until they are due again by Mixpanel's own clock", async () => {
    const { read, asked } = open({ queriesPerRun: 60, refreshHours: 6 });
    const cursor = (await read("reports")).at(-1)?.cursor;
    now += 5 * HOUR;
    const before = queries(asked).length;
    expect(await read("reports", cursor)).toEqual([]);
    expect(queries(asked).length).toBe(before);
    now += HOUR + 1000;
    expect((await read("reports", cursor)).length).toBeGreaterThan(10);
  });

  it("become metrics with the project's days, of which the late ones may still change", async () => {
    const drafts = draftsOf(
      mixpanel,
      "reports",
      await open({ queriesPerRun: 60 }).read("reports"),
    ) as Draft<"metric">[];
    expect([...new Set(drafts.map(({ fields }) => fields.shape))].sort()).toEqual(["funnel", "retention", "series"]);
    const series = drafts.find(({ external }) => external.id === "insight:61400000");
    expect(series?.fields).toMatchObject({ name: "Use of Saved carts", direction: "up_good", interval: "day" });
    const points = series?.fields.points ?? [];
    expect(points).toHaveLength(30);
    const today = dayIn("UTC", new Date(now).toISOString());
    expect(points.at(-1)).toMatchObject({ at: today, isPartial: true });
    expect(points.filter(({ isPartial }) => isPartial)).toHaveLength(6);
    expect(points.slice(0, 24).every(({ value }) => value > 0)).toBe(true);
    const dark = drafts.find(({ fields }) => fields.name === "Use of One-page checkout");
    expect(dark?.fields.points?.every(({ value }) => value === 0)).toBe(true);
  });

  it("do not keep each other from being read when one of them is gone, and the run names it", async () => {
    const reports = [
      { kind: "insight", id: "99" },
      { kind: "insight", id: "61400000" },
    ];
    const { context } = open({ reports, allFunnels: false });
    const ids: string[] = [];
    const poll = mixpanel.streams["reports"]?.poll;
    const reading = async () => {
      for await (const page of poll?.read(context, poll.start, "") ?? []) ids.push(...idsOf([page], "reports"));
    };
    await expect(reading()).rejects.toMatchObject({ message: expect.stringContaining("report insight:99:") });
    expect(ids).toEqual(["insight:61400000"]);
  });

  it("end the run at once when the hour of the whole project is spent", async () => {
    await sandbox.control({ do: "limit", budget: "mixpanel", to: 2 });
    const { read, asked } = open({ queriesPerRun: 60 });
    await expect(read("reports")).rejects.toMatchObject({ code: "vendor_rate_limited" });
    expect(new Set(queries(asked)).size).toBeLessThanOrEqual(3);
  });

  it("are counted by a census: a funnel that is deleted is missed, one of the config is not", async () => {
    const { context } = open();
    const ids = (await Array.fromAsync(mixpanel.streams["reports"]?.census?.ids(context, "") ?? [])).flat();
    expect(ids.map(({ id }) => id)).toEqual(expect.arrayContaining(["insight:61400000", "funnel:9500100"]));
    expect(await open({ reports: [] }).reread("reports", ["insight:61400000", "funnel:1"])).toEqual([]);
  });
});

describe("the raw export", () => {
  const events = ["Saved carts used"];
  const countsOf = (pages: readonly Page<unknown>[]) => {
    const [draft] = draftsOf(mixpanel, "events", pages) as Draft<"metric">[];
    return new Map((draft?.fields.points ?? []).map(({ at, value, n }) => [at, [value, n]]));
  };

  it("is counted day by day, each event once, and told when all days are through", async () => {
    const { read, asked } = open({ events, windowDays: 4 });
    const pages = await read("events");
    expect(pages.map(({ records }) => records.length)).toEqual([0, 0, 0, 1]);
    expect(asked.filter((path) => path.includes("/export?"))).toHaveLength(4);
    const [draft] = draftsOf(mixpanel, "events", pages) as Draft<"metric">[];
    const from = dayIn("UTC", new Date(now - 3 * DAY).toISOString());
    const raw = await exported(from, dayIn("UTC", new Date(now).toISOString()));
    const distinct = new Set(raw.map(({ properties }) => properties["$insert_id"]));
    expect(raw.length).toBeGreaterThan(distinct.size);
    const counts = draft?.fields.points?.map(({ value }) => value) ?? [];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(distinct.size);
  });

  const exported = async (from: string, to: string) => {
    const { http } = open().context;
    const query = new URLSearchParams({
      project_id: "3187001",
      from_date: from,
      to_date: to,
      event: JSON.stringify(events),
    });
    const text = await (await http.fetch(`api/2.0/export?${query}`)).text();
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { properties: Record<string, unknown> });
  };

  it("is looked through again for the days that late events may have changed since, and for no other", async () => {
    const { read, asked } = open({ events, windowDays: 8, lateDays: 3 });
    const pages = await read("events");
    now += 2 * DAY;
    const before = asked.length;
    const again = await read("events", pages.at(-1)?.cursor);
    expect(asked.slice(before).filter((path) => path.includes("/export?"))).toHaveLength(3 + 1 + 2);
    const [first, later] = [countsOf(pages), countsOf(again)];
    const grown = [...first].filter(([day, [count = 0]]) => (later.get(day)?.[0] ?? 0) > count);
    expect(grown.length).toBeGreaterThan(0);
    const fresh = countsOf(await open({ events, windowDays: 8, lateDays: 3 }).read("events"));
    expect([...later]).toEqual([...fresh]);
  });

  it("goes on at the day at which a run was broken off", async () => {
    const { read, asked } = open({ events, windowDays: 5 });
    const pages = await read("events");
    const before = asked.length;
    const rest = await read("events", pages[1]?.cursor);
    expect(asked.slice(before).filter((path) => path.includes("/export?"))).toHaveLength(3);
    expect(countsOf(rest)).toEqual(countsOf(pages));
  });

  it("is refused when it breaks off or ends in half a line, so that the day is read again", async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const line = '{"event":"A","properties":{"time":1,"distinct_id":"ü","$insert_id":"x"}}\n';
    async function* chunks(text: string, size: number) {
      const all = bytes(text);
      for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
    }
    for (const size of [1, 3, 7, 1000])
      expect(await countEvents(linesOf(chunks(line + line.replace("x", "y"), size)), ["A"])).toEqual({ A: [2, 1] });
    const unreadable = { code: "vendor_answer_unreadable", retry: "later" };
    await expect(countEvents(linesOf(chunks(line + line.slice(0, 20), 16)), ["A"])).rejects.toMatchObject(unreadable);
    await expect(countEvents(linesOf(chunks(`${line}terminated early\n`, 16)), ["A"])).rejects.toMatchObject(
      unreadable,
    );
    async function* breaks() {
      yield bytes(line);
      throw new Error("socket");
    }
    await expect(countEvents(linesOf(breaks()), ["A"])).rejects.toMatchObject(unreadable);
  });

  it("asks another host of Mixpanel's with the same credential, and no third one", async () => {
    const config = Config.parse({ ...settings, baseUrl: "https://eu.mixpanel.com" });
    expect(mixpanel.http(config).alsoAt).toEqual(["https://data-eu.mixpanel.com"]);
    const { http } = open().context;
    await expect(http.fetch("https://data.mixpanel.com/api/2.0/export")).rejects.toThrow("refused to follow");
    const elsewhere = open({ exportUrl: open().context.config.baseUrl.replace("127.0.0.1", "localhost") });
    const answer = await elsewhere.context.http.fetch(`${elsewhere.context.config.exportUrl}/api/app/me`);
    expect(answer.status).toBe(200);
  });

  it("tells a credential that it does not know as such, though it answers 400", async () => {
    const { read } = open({ serviceAccountSecret: "wrong" });
    await expect(read("annotations")).rejects.toMatchObject({ code: "vendor_auth_expired" });
    await sandbox.control({ do: "misbehave", vendor: "mixpanel", how: "forbidden", path: "/export" });
    await expect(open({ events }).read("events")).rejects.toMatchObject({ code: "vendor_forbidden" });
  });
});

describe("what Mixpanel lists", () => {
  it("gives flags, experiments, annotations and cohorts whole, and a change at the next read", async () => {
    const { read } = open();
    const flag = async () =>
      (draftsOf(mixpanel, "flags", await read("flags")) as Draft<"featureFlag">[]).find(
        ({ external }) => external.key === "storefront-gift-cards",
      )?.fields.environments[0];
    expect(await flag()).toMatchObject({ on: true, rolloutPercent: 100 });
    await sandbox.control({ do: "mixpanel.rollout", feature: "gift-cards", percent: 25 });
    expect(await flag()).toMatchObject({ on: true, rolloutPercent: 25 });
    const before = idsOf(await read("annotations"), "annotations");
    await sandbox.control({ do: "mixpanel.annotate", text: "ACME-1 sale begins" });
    const [note] = own(draftsOf(mixpanel, "annotations", await read("annotations"))).slice(-1);
    expect(before).not.toContain(note?.external.id);
    expect(note?.references).toEqual([{ alias: "ACME-1", place: "title" }]);
    const experiments = draftsOf(mixpanel, "experiments", await read("experiments")) as Draft<"experiment">[];
    const lost = experiments.find(({ fields }) => fields.flagKey === "storefront-gift-cards");
    expect(lost?.fields).toMatchObject({ result: { category: "lost" }, snapshot: { srmP: 0.41 } });
    expect(idsOf(await read("cohorts"), "cohorts")).toHaveLength(6);
  });

  it("misses what was deleted: a census does not list it, a second read does not find it", async () => {
    const { read, context, reread } = open();
    const [id = ""] = idsOf(await read("annotations"), "annotations");
    await sandbox.control({ do: "mixpanel.remove", id });
    const listed = (await Array.fromAsync(mixpanel.streams["annotations"]?.census?.ids(context, "") ?? [])).flat();
    expect(listed.map((one) => one.id)).not.toContain(id);
    expect(await reread("annotations", [id])).toEqual([]);
  });

  it("reads no experiments and flags without a data view", () => {
    const config = Config.parse({ ...settings, workspaceId: undefined });
    expect(mixpanel.streams["flags"]?.poll?.scopes?.(config)).toEqual([]);
    expect(mixpanel.streams["experiments"]?.poll?.scopes?.(config)).toEqual([]);
  });
});

describe("a day of a project", () => {
  it.each([
    ["Pacific/Kiritimati", "2026-11-22T11:00:00.000Z", "2026-11-23"],
    ["Pacific/Pago_Pago", "2026-11-22T10:59:00.000Z", "2026-11-21"],
    ["UTC", "2026-11-22T23:59:59.999Z", "2026-11-22"],
  ])("is the one that its clocks show: %s", (zone, at, day) => {
    expect(dayIn(zone, at)).toBe(day);
  });

  it.each([
    ["2026-07-03 12:00:00", "Europe/Berlin", "2026-07-03T10:00:00.000Z"],
    ["2026-12-03 12:00:00", "America/Los_Angeles", "2026-12-03T20:00:00.000Z"],
    ["2026-10-25 02:30:00", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
    ["2026-07-03T12:00:00-07:00", "Europe/Berlin", "2026-07-03T19:00:00.000Z"],
    ["rubbish", "UTC", undefined],
  ])("holds a local time: %s in %s", (told, zone, at) => {
    expect(instantIn(zone, told)).toBe(at);
  });
});

const SPECS = new URL("../../../shared/data/specs/mixpanel/", import.meta.url);
const hasSpecs = existsSync(SPECS);
if (!hasSpecs) process.stdout.write("skipped: Mixpanel's descriptions are not beside this checkout\n");

describe.skipIf(!hasSpecs)("the sandbox's Mixpanel", () => {
  const pathsOf = (file: string): string => (hasSpecs ? readFileSync(new URL(file, SPECS), "utf8") : "");

  it("answers at paths that Mixpanel's own descriptions have, all of them asked by the connector", async () => {
    const { read, asked } = open({ queriesPerRun: 60 });
    for (const name of Object.keys(mixpanel.streams)) await read(name);
    const templates: [file: string, base: string][] = [
      ["query.openapi.yaml", "/api/query"],
      ["export.openapi.yaml", "/api/2.0"],
      ["annotations.openapi.yaml", "/api/app"],
      ["experiments.openapi.yaml", "/api/app"],
      ["feature-flags-management.openapi.yaml", "/api/app"],
    ];
    const known = templates.flatMap(([file, base]) =>
      [...pathsOf(file).matchAll(/^ {2}(\/\S+):$/gm)].map(
        ([, path = ""]) => new RegExp(`^/mixpanel${base}${path.replace(/\{\w+\}/g, "[^/]+")}$`),
      ),
    );
    const paths = new Set(asked.map((path) => path.split("?", 1)[0] ?? ""));
    paths.delete("/mixpanel/api/app/me");
    expect(paths.size).toBe(10);
    expect([...paths].filter((path) => !known.some((one) => one.test(path)))).toEqual([]);
  });
});
