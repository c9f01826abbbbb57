import type { Browser } from "playwright-core";
import { STAGES, type Stage } from "../../shared/domain/stage.ts";
import { keepBoards } from "../../shared/pipeline/keep-boards.ts";
import type { Table } from "../../shared/report/document.ts";
import { lists, pastViewKey } from "../../shared/store/keys.ts";
import { tableViews } from "../../shared/store/table-views.ts";
import { STAGE_WORDS } from "../../shared/web/words.ts";
import { openReports } from "../report/reports-hub.ts";
import { sampleApp, sampleHub } from "../web/sample-hub.ts";
import { visit } from "./chromium.ts";
import type { Result } from "./result.ts";
import { serve } from "./serve.ts";

const ZONE = "Europe/Berlin";
const FEATURES = 60;
const MOVED = 25;
const BEGUN = "2026-03-02T10:00:00.000Z";
const SUNDAY = "2026-03-08";
const MONDAY = "2026-03-09T09:00:00.000Z";
const WEDNESDAY = "2026-03-11T10:00:00.000Z";

const COLUMNS = `[...document.querySelectorAll(".colhead h2")].map((head) =>
  [head.firstChild.textContent.trim(), Number(head.querySelector("span").textContent.replaceAll(",", ""))])`;

/** A hub that kept its boards and a weekly report, and in which features went on since. */
const hubWithPast = async () => {
  const hub = openReports({
    timezone: ZONE,
    reports: { weekly: { kind: "product", schedule: "0 9 * * 1", timezone: ZONE, to: ["archive"] } },
  });
  const { table } = hub.one.ports;
  hub.passTo(BEGUN);
  const path = (stage: Stage) => [{ headline: stage, at: "2026-03-01T10:00:00.000Z" }];
  const stageOf = (n: number) => STAGES[n % STAGES.length] ?? "vision";
  const features = [];
  for (let n = 1; n <= FEATURES; n += 1)
    features.push(await hub.feature(n, path(stageOf(n)), { productIds: ["prd_1"], observedAt: BEGUN }));
  await hub.tick();
  for (let day = 3; day <= 9; day += 1) {
    hub.passTo(`2026-03-0${day}T08:00:00.000Z`);
    await keepBoards({ ...hub.one, timezone: ZONE });
  }
  hub.passTo(MONDAY);
  await hub.tick();
  hub.passTo(WEDNESDAY);
  // As a projection does it: what was shown goes into the past before the new view takes its place.
  for (const [n, view] of features.slice(0, MOVED).entries()) {
    const data = { id: view.id, until: WEDNESDAY, view };
    await table.put({
      ...pastViewKey(view.id, WEDNESDAY, view.version),
      version: 1,
      data,
      list: lists.ofPast(WEDNESDAY, view.id, view.version),
    });
    const next = { productIds: ["prd_1"], observedAt: WEDNESDAY, version: view.version + 1 };
    await hub.feature(n + 1, [...view.explanation.path, { headline: stageOf(n + 4), at: WEDNESDAY }], next);
  }
  return hub;
};

/** The board of a day that is over, beside what that day's report counted and keeps since. */
export const asOfCheck = async (browser: Browser): Promise<readonly Result[]> => {
  const hub = await hubWithPast();
  const views = tableViews(hub.one.ports.table, {
    products: sampleHub(0).products,
    connections: async () => [],
    now: hub.now,
    statusOf: async () => () => ({ category: "unknown", detail: "", mappedBy: "default" }),
  });
  const served = await serve(sampleApp(sampleHub(0), { views, now: hub.now, timezone: ZONE }));
  try {
    const document = (await hub.runs("weekly")).find(({ document: one }) => one?.period.last === SUNDAY)?.document;
    const table = document?.sections
      .flatMap(({ blocks }) => blocks)
      .find((block): block is Table => block.type === "table" && block.caption === "Features by stage");
    const told = new Map((table?.rows ?? []).map((row) => [(row[0] as { text: string }).text, row[1]]));
    await using visitor = await visit(browser);
    await visitor.page.goto(`${served.url}/?as_of=${SUNDAY}`);
    const then = (await visitor.page.evaluate(COLUMNS)) as [string, number][];
    await visitor.page.goto(served.url);
    const differing = [...STAGES, "none" as const]
      .map((stage) => STAGE_WORDS[stage])
      .flatMap((word) => {
        const [shown, counted] = [then.find(([name]) => name === word)?.[1] ?? 0, told.get(word)];
        return shown === counted ? [] : [`${word}: ${shown} on the board, ${counted} in the report`];
      });
    const sum = then.reduce((all, [, count]) => all + count, 0);
    return [
      {
        check: 20,
        what: `the board as of ${SUNDAY}, three days and ${MOVED} moves later, is what that day's stored report counts`,
        figure: `${sum} features in ${then.length} columns`,
        limit: "0 differ",
        wrong: [...differing, ...(sum === FEATURES ? [] : [`${sum} of ${FEATURES} features`])],
      },
    ];
  } finally {
    served.close();
    hub[Symbol.dispose]();
  }
};
