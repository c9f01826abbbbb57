import { describe, expect, it } from "vitest";
import type { Entity, FieldedKind, Fields } from "../../shared/domain/entity.ts";
import type { FeatureView } from "../../shared/store/views.ts";
import { SCRIPT } from "../../shared/web/dashboard/assets/script.ts";
import { changeText } from "../../shared/web/dashboard/charts/line-chart.tsx";
import { marksOf } from "../../shared/web/dashboard/feature-numbers.tsx";
import { BLOCKS } from "../../shared/web/dashboard/role-blocks.ts";
import { usualDays } from "../../shared/web/dashboard/stage-age.ts";
import { savableAddress } from "../../shared/web/dashboard/views-page.tsx";
import type { AskedOfConnection } from "../../shared/web/web-deps.ts";
import { detailWords } from "../../shared/web/words.ts";
import { NOW, sampleApp, sampleFeature, sampleHub } from "./sample-hub.ts";

const daysBefore = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();

const record = <K extends FieldedKind>(kind: K, n: number, fields: Fields<K>): Entity<K> =>
  ({
    id: `${kind}_${n}`,
    kind,
    productIds: ["prd_1"],
    source: {
      tool: "posthog",
      connectionId: "con_p",
      externalId: `${n}`,
      keyHistory: [],
      url: `https://p.example/${n}`,
    },
    scopes: [],
    presence: { state: "present", since: daysBefore(9), how: "read" },
    sourceUpdatedAt: daysBefore(1),
    sourceCreatedAt: daysBefore(3),
    firstSeenAt: daysBefore(9),
    recordedAt: daysBefore(1),
    version: 1,
    contentHash: "0",
    mappingVersion: 1,
    rawRef: "raw",
    fields,
    aliases: [],
    references: [],
    relations: [],
    customFields: [],
  }) as Entity<K>;

const mapped = <C extends string>(category: C) => ({ category, detail: category, mappedBy: "tool" }) as const;

const METRIC = record("metric", 1, {
  name: "Activated accounts",
  shape: "series",
  unit: "accounts",
  points: Array.from({ length: 15 }, (_, n) => ({ at: daysBefore(15 - n).slice(0, 10), value: 700 + n })),
});
const FLAG = record("featureFlag", 2, {
  key: "checkout-v2",
  name: "Checkout",
  environments: [{ name: "prod", category: "production", on: true, rolloutPercent: 50, changedAt: daysBefore(5) }],
});
const EXPERIMENT = record("experiment", 3, {
  name: "One page or three",
  status: mapped("running"),
  decision: mapped("review"),
  variations: [
    { key: "a", name: "Three pages", isControl: true, share: 0.5 },
    { key: "b", name: "One page", isControl: false, share: 0.5 },
  ],
  startedAt: daysBefore(8),
  snapshot: {
    at: daysBefore(1),
    users: [
      { variation: "a", users: 900 },
      { variation: "b", users: 300 },
    ],
    srmP: 0.00001,
    results: [{ metric: "conversion", role: "goal", variation: "b", lift: 0.05, interval: [-0.01, 0.11] }],
  },
});
const CUSTOMER = record("customer", 4, { name: "Northwind", tier: "enterprise" });
const ticket = (n: number) =>
  record("supportTicket", n, {
    subject: `Cannot pay ${n}`,
    status: mapped("open"),
    customerId: CUSTOMER.id,
    labels: n === 5 ? ["payment", "feature:ACME-101"] : ["Payment", "feature:acme-101"],
  });
const CAMPAIGN = record("campaign", 9, {
  name: "Spring launch",
  channel: mapped("email"),
  status: mapped("sent"),
  sentAt: daysBefore(4),
  sent: 12_000,
  clicks: 340,
});

const shown = sampleHub(23);
const around = [METRIC, FLAG, EXPERIMENT, CUSTOMER, ticket(5), ticket(6), CAMPAIGN];
const read = async (path: string, app = sampleApp({ ...shown, entities: around })) => (await app.request(path)).text();

describe("a feature's page", () => {
  it("joins what is measured with flags, experiments and campaigns as marks, and says the numbers in words", async () => {
    const html = await read("/features/ACME-100");
    expect(html).toContain("Activated accounts: now 714 accounts, up from 707 accounts a week before.");
    expect(html).toContain("flag checkout-v2 at 50 %");
    expect(html).toContain("campaign Spring launch");
    expect(html.match(/class="mark"/g)).toHaveLength(3);
  });

  it("says of an experiment how long it ran, that its split cannot be trusted, and what is to be decided", async () => {
    const html = await read("/features/ACME-100");
    for (const words of [
      "8 d",
      "Three pages: 900 (75 % of 50 %)",
      "Sample ratio mismatch",
      "-1 % to +11 %",
      "Waiting for a decision",
    ])
      expect(html).toContain(words);
  });

  it("counts tickets by week, themes and accounts, and never a number that a tool did not tell", async () => {
    const html = await read("/features/ACME-100");
    expect(html).toContain("2 tickets in the last 12 weeks");
    expect(html).toMatch(/payment <b>2<\/b>/i);
    const named = shown.features.find(({ key }) => key === "ACME-101")?.name;
    expect(html).toContain(`<li>${named} <b>2</b></li>`);
    expect(html).not.toMatch(/feature:acme-101/i);
    expect(html).toContain("Northwind");
    expect(html).toContain("not reported");
  });

  it("shows the constants of tools as words, and what people wrote as they wrote it", () => {
    const said = (detail: string) => detailWords({ detail, category: "in_progress" });
    expect(["BATCH_EMAIL", "PUBLISHED", "QA", "In QA", "WIP", ""].map(said)).toEqual([
      "Batch email",
      "Published",
      "QA",
      "In QA",
      "WIP",
      "in progress",
    ]);
  });

  it("answers a form without a reason in words for people, and changes nothing", async () => {
    const app = sampleApp(shown);
    const token = /name="form_token" value="([^"]+)"/.exec(await read("/features/ACME-100", app))?.[1] ?? "";
    const body = new URLSearchParams({
      form_token: token,
      does: "stage",
      reason: " ",
      stage: "design",
      polarity: "enter",
    });
    const response = await app.request("/features/ACME-100", { method: "POST", body });
    const html = await response.text();
    expect(response.status).toBe(400);
    expect(html).toContain("The field 'reason' is empty.".replaceAll("'", "&#39;"));
    expect(html).toContain("Go back, correct the field and send the form again. Nothing was changed.");
    expect(html).not.toContain("JSON");
  });

  it("says in one line which connection is missing", async () => {
    const connections = shown.connections.map((one) => ({ ...one, kinds: ["workItem" as const] }));
    const html = await read("/features/ACME-100", sampleApp({ ...shown, connections, entities: [] }));
    for (const what of ["an analytics", "an experiment", "a support", "a marketing"])
      expect(html).toContain(`Needs ${what} connection`);
    expect(await read("/features/ACME-100", sampleApp({ ...shown, entities: [] }))).not.toContain("Needs an");
  });

  it("narrows its timeline to the tools that are chosen", async () => {
    const tools = new Set(shown.timeline.map(({ tool }) => tool));
    const [one = "", other = ""] = tools;
    const html = await read(`/features/ACME-100?source=${one}`);
    const timeline = html.slice(html.indexOf('id="timeline"'));
    expect(timeline).toContain(`value="${one}" checked=""`);
    expect(timeline.includes(`value="${other}" checked=""`)).toBe(false);
  });

  it("tells what changed since a day and refuses what is none", async () => {
    expect(await read("/features/ACME-100?since=2099-01-01")).toContain("Nothing since");
    expect((await sampleApp(shown).request("/features/ACME-100?since=soon")).status).toBe(400);
  });
});

describe("marks", () => {
  it("stand in the order of time, and only for production", () => {
    const staging = record("featureFlag", 8, {
      key: "s",
      name: "S",
      environments: [{ name: "st", category: "staging", on: true, changedAt: daysBefore(2) }],
    });
    const marks = marksOf({
      releases: [],
      deployments: [],
      flags: [FLAG, staging],
      experiments: [EXPERIMENT],
      campaigns: [CAMPAIGN],
    });
    expect(marks.map(({ what }) => what)).toEqual(["experiment", "flag", "campaign"]);
  });

  it("come with a change in words that names unit and week", () => {
    expect(changeText([])).toBe("no values yet");
    expect(changeText([{ at: "2026-11-01", value: 3 }], "d")).toBe("now 3 d");
    expect(
      changeText([
        { at: "2026-11-01", value: 5 },
        { at: "2026-11-08", value: 3 },
      ]),
    ).toBe("now 3, down from 5 a week before");
  });
});

const passed = (n: number, days: number): FeatureView => {
  const feature = sampleFeature(n, "production");
  const path = [
    { headline: "testing" as const, at: daysBefore(30 + days) },
    { headline: "production" as const, at: daysBefore(30) },
  ];
  return { ...feature, productIds: ["prd_1"], explanation: { ...feature.explanation, path } };
};

describe("the board", () => {
  it("knows what is usual from three features that left the stage, and says nothing from two", () => {
    const now = { ...sampleFeature(1, "testing"), productIds: ["prd_1"] };
    expect(usualDays([passed(1, 2), passed(2, 9), passed(3, 4)])(now)).toBe(4);
    expect(usualDays([passed(1, 2), passed(2, 9)])(now)).toBeUndefined();
  });

  it("brings the next cards of a column without the page, and folds a column by its address", async () => {
    const html = await read("/");
    const more = /hx-get="([^"]+column=testing[^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const cards = await read(more);
    expect(cards.match(/<article>/g)).toHaveLength(3);
    expect(cards).not.toContain("<html");
    expect((await read("/?fold=testing")).match(/<article>/g)).toHaveLength(140);
  });

  it("finds by owner in any case, and keeps the owner in its links", async () => {
    const html = await read("/?owner=eli+okafor");
    expect(html).toContain("Eli Okafor");
    expect(html).not.toContain("Mei Tanaka");
    expect(html).toContain("/features?owner=eli+okafor");
  });
});

describe("the table", () => {
  it("is in order of any heading over pages", async () => {
    const html = await read("/features?sort=target");
    const days = [...html.matchAll(/<time datetime="(\d{4}-\d\d-\d\d)">[^<]*<\/time><\/td><td class="num">/g)].map(
      ([, day]) => day,
    );
    expect(days.length).toBeGreaterThan(30);
    expect(days).toEqual([...days].sort());
    expect((await sampleApp(shown).request("/features?sort=colour")).status).toBe(400);
  });

  it("draws promises as bars over quarters, with the first promise where it moved", async () => {
    const moved = sampleFeature(1, "testing", { targetDate: "2027-02-07", firstTargetDate: "2027-01-10" });
    const html = await read("/?view=timeline", sampleApp({ ...shown, features: [moved] }));
    expect(html).toContain('class="first"');
    expect(html).toContain("Q1 2027");
    expect(html).toContain("due 2027-02-07, first 2027-01-10");
  });
});

describe("features as files", () => {
  it("are Markdown in which no text of a tool is markup and no hostile address a link", async () => {
    const name = "[*Gift*](javascript:alert(1)) <b>";
    const feature = sampleFeature(1, "testing", { name, url: "javascript:alert(1)" });
    const response = await sampleApp({ ...shown, features: [feature] }).request(`/features/${feature.key}.md`);
    expect(response.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    const text = await response.text();
    expect(text).toContain("\\[\\*Gift\\*\\](javascript:alert(1)) &lt;b&gt;");
    expect(text).not.toContain("(<javascript");
    expect(text).toContain("Stage: **Testing**");
    expect((await sampleApp(shown).request("/features/NONE-1.md")).status).toBe(404);
  });

  it("say the same as the files of the API, column by column and word by word", async () => {
    const [feature] = shown.features;
    const app = sampleApp({ ...shown, features: [feature as FeatureView] });
    expect(await read("/features.csv", app)).toBe(await read("/v1/features.csv?bom=1", app));
    expect(await read(`/features/${feature?.key}.md`, app)).toBe(await read(`/v1/features/${feature?.key}.md`, app));
  });

  it("are the rows of the table, of which none is a formula, with the way to the next thousand", async () => {
    const [some] = shown.features.filter(({ health }) => health.value === "off_track");
    const features = [{ ...some, name: "=1+1" } as FeatureView, ...shown.features.filter(({ id }) => id !== some?.id)];
    const csv = await read("/features.csv?health=off_track", sampleApp({ ...shown, features }));
    const rows = csv.trimEnd().split("\r\n");
    expect(rows).toHaveLength(1 + features.filter(({ health }) => health.value === "off_track").length);
    expect(csv).toContain(",'=1+1,");
    const many = Array.from({ length: 1001 }, (_, n) => sampleFeature(n, "testing"));
    const app = sampleApp({ ...shown, features: many });
    const first = await app.request("/features.csv");
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect((await read(next, app)).trimEnd().split("\r\n")).toHaveLength(2);
  });
});

describe("pages of roles", () => {
  it("link each block to the table with the same features", async () => {
    const html = await read("/po");
    const counted = /only=overdue">Overdue<\/a> <span class="quiet">(\d+)</.exec(html)?.[1];
    const rows = (await read("/features?only=overdue")).match(/<th scope="row">/g)?.length ?? 0;
    expect(String(rows)).toBe(counted);
  });

  it("call nothing overdue that is live, and nothing due that has no day", () => {
    const late = { targetDate: "2026-11-01" };
    const overdue = BLOCKS.get("overdue");
    expect(overdue?.fits(sampleFeature(1, "testing", late), NOW)).toBe(true);
    expect(overdue?.fits(sampleFeature(1, "production", late), NOW)).toBe(false);
    expect(overdue?.fits(sampleFeature(1, "testing", { targetDate: undefined }), NOW)).toBe(false);
  });
});

describe("saved views", () => {
  it("are addresses of this hub and of no other", () => {
    expect(savableAddress("/?health=off_track&cursor=abc")).toBe("/?health=off_track");
    for (const bad of ["https://evil.example/", "//evil.example/", "/settings/keys", "javascript:alert(1)"])
      expect(() => savableAddress(bad)).toThrow("must be the path of a board");
  });

  it("are kept by their form, opened by their link and removed", async () => {
    const app = sampleApp(shown);
    const page = await read("/settings/views?address=%2F%3Fhealth%3Doff_track", app);
    const token = /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
    const send = (fields: Record<string, string>) =>
      app.request("/settings/views", { method: "POST", body: new URLSearchParams({ form_token: token, ...fields }) });
    expect((await send({ does: "save", name: "Burning", address: "/?health=off_track" })).status).toBe(303);
    expect(await read("/settings/views", app)).toContain('<a href="/?health=off_track">Burning</a>');
    expect((await send({ does: "save", name: "Out", address: "//evil.example" })).status).toBe(400);
    expect((await send({ does: "remove", name: "Burning" })).status).toBe(303);
    expect(await read("/settings/views", app)).not.toContain("Burning");
  });
});

describe("activity", () => {
  it("marks what is new since the visit before, and keeps a visit for half an hour", async () => {
    const app = sampleApp(shown);
    const first = await app.request("/activity?show=all");
    expect(await first.text()).not.toContain("pill new");
    const seen = `seen=~${encodeURIComponent(daysBefore(30))}`;
    const again = await app.request("/activity?show=all", { headers: { Cookie: seen } });
    expect(await again.text()).toContain("pill new");
    expect(again.headers.get("set-cookie")).toContain(encodeURIComponent(daysBefore(30)));
  });

  it("is told newest first, page after page, and leads to what the week comes to", async () => {
    const app = sampleApp(shown);
    const page = await (await app.request("/activity?since=2026-01-01")).text();
    const last = shown.changes.length;
    expect(page).toContain("newest first");
    expect(page).toContain('most important first: <a href="/reports/weekly">Product weekly</a>');
    const times = [...page.matchAll(/<li><time datetime="([^"]+)"/g)].map(([, at]) => at ?? "");
    expect(times.length).toBe(50);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(times[0]).toBe(shown.changes[last - 1]?.recordedAt.slice(0, 16));
    const earlier = /href="([^"]+)"[^>]*>\s*Earlier/.exec(page)?.[1] ?? "";
    const second = await (await app.request(earlier.replaceAll("&amp;", "&"))).text();
    expect(second).toContain(`datetime="${shown.changes[0]?.recordedAt.slice(0, 16)}"`);
    expect(page).not.toContain(`datetime="${shown.changes[0]?.recordedAt.slice(0, 16)}"`);
  });

  it("is a feed whose texts are escaped", async () => {
    const response = await sampleApp(shown).request("/activity.atom");
    expect(response.headers.get("content-type")).toBe("application/atom+xml; charset=utf-8");
    const xml = await response.text();
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?><feed/);
    expect(xml.match(/<entry>/g)?.length ?? 0).toBeGreaterThan(0);
    expect(xml).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
  });
});

describe("work on a connection", () => {
  it("is asked for by its forms where something takes it, and offered nowhere else", async () => {
    const asked: AskedOfConnection[] = [];
    const app = sampleApp(shown, { ask: async (work) => void asked.push(work) });
    const name = shown.connections[0]?.name ?? "";
    const token = /name="form_token" value="([^"]+)"/.exec(await read(`/connections/${name}`, app))?.[1] ?? "";
    const send = (does: string) =>
      app.request(`/connections/${name}`, {
        method: "POST",
        body: new URLSearchParams({ form_token: token, does }),
      });
    for (const what of ["sync", "check", "replay"] as const) {
      const tab = { sync: "", check: "/runs", replay: "/dead-letters" }[what];
      expect(await read(`/connections/${name}${tab}`, app)).toContain(`value="${what}"`);
      expect((await send(what)).status).toBe(303);
    }
    expect((await send("delete")).status).toBe(400);
    expect(asked).toEqual(["sync", "check", "replay"].map((what) => ({ connection: name, what })));
    expect(await read(`/connections/${name}`)).not.toContain('value="sync"');
  });
});

describe("the table of connections", () => {
  it("is one to whoever hears it, where phones show cards: every cell is named like its column", async () => {
    const html = await read("/connections", sampleApp(shown, { ask: async () => {} }));
    const columns = [...html.matchAll(/<th scope="col" role="columnheader"[^>]*>([^<]+)<\/th>/g)].map(
      ([, word]) => word,
    );
    const rows = html.split('<tr role="row">').slice(2);
    expect(columns).toHaveLength(10);
    expect(rows).toHaveLength(shown.connections.length);
    for (const row of rows)
      expect([
        "Connection",
        ...[...row.matchAll(/<td role="cell"[^>]* data-label="([^"]+)"/g)].map(([, label]) => label),
      ]).toEqual(columns);
  });
});

describe("what somebody chose", () => {
  it("becomes a class, an attribute and the zone of moments, and only ours is believed", async () => {
    const app = sampleApp(shown);
    const get = async (cookie: string) => (await app.request("/connections", { headers: { Cookie: cookie } })).text();
    const html = await get("theme=dark; keys=off; zone=Asia%2FTokyo");
    expect(html).toContain('<html lang="en" class="dark" data-keys="off">');
    expect(html).toMatch(/datetime="2026-11-22T09:58:00.000Z">22 Nov 2026 18:58/);
    expect(await get('theme="><script>; zone=Moon')).toContain('<html lang="en"><head>');
  });

  it("moves what happened to the day on which it was there, in the zone of the hub without a choice", async () => {
    const at = "2026-11-21T23:30:00.000Z";
    const timeline = shown.timeline.slice(0, 1).map((line) => ({ ...line, at }));
    const days = (app: ReturnType<typeof sampleApp>) => read("/features/ACME-100", app);
    expect(await days(sampleApp({ ...shown, timeline }))).toContain("<h3>21 Nov 2026</h3>");
    const there = await days(sampleApp({ ...shown, timeline }, { timezone: "Europe/Berlin" }));
    expect(there).toContain("<h3>22 Nov 2026</h3>");
    expect(there).toContain('<time datetime="2026-11-21T23:30">00:30</time>');
    expect(there).toContain("Times are Europe/Berlin");
  });

  it("is all that the script of 2 KB needs", () => {
    expect(SCRIPT.length).toBeLessThan(2048);
  });
});

describe("status", () => {
  it("speaks as Statuspage does", async () => {
    const body = JSON.parse(await read("/status.json"));
    expect(body.status.indicator).toBe("minor");
    expect(body.components.map(({ status }: { status: string }) => status)).toContain("degraded_performance");
    expect(await read("/status")).toContain("Minor service outage");
  });
});
