import { HubError } from "../../shared/connector/errors.ts";
import type { Stage } from "../../shared/domain/stage.ts";
import { changesBetween, type FeatureChange } from "../../shared/report/changes-between.ts";
import { CHANGE_WORDS, STAGE_WORDS } from "../../shared/report/words.ts";
import { demandKept } from "../../shared/store/known-then.ts";
import type { Views } from "../../shared/store/views.ts";
import { momentOf } from "./as-of.ts";
import { type Call, type Command, text } from "./command.ts";
import { handleOf, json, plain, reading } from "./show.ts";
import { whole } from "./start.ts";

export const changes: Command = {
  usage: "throughline changes --since T [--until T] [--product SLUG] [--limit N] [--log]",
  does: "what became of features since a day's end or a moment, the most important first; --log: every entry of the change log, oldest first",
  options: {
    since: { type: "string" },
    until: { type: "string" },
    product: { type: "string" },
    limit: { type: "string" },
    log: { type: "boolean" },
  },
  words: [0, 0],
  run: (call) =>
    reading(call, (views, timezone) => (call.values["log"] === true ? log : summary)(call, views, timezone)),
};

const summary = async (call: Call, views: Views, timezone: string): Promise<void> => {
  const now = new Date().toISOString();
  const since = momentOf(sinceGiven(call), "since", timezone) ?? now;
  const until = momentOf(call, "until", timezone) ?? now;
  await demandKept(views, since);
  const slug = text(call.values, "product");
  const product = (await views.products()).find(({ id, slug: one }) => slug === id || slug === one);
  if (slug !== undefined && product === undefined)
    throw new HubError("usage", `no product "${slug}"`, { retry: "never" });
  const limit = whole(call.values, "limit", 1, 100_000) ?? 1000;
  const found = await changesBetween(views, { since, until, limit, ...(product && { products: [product.id] }) });
  if (call.json) return json(call, { since, until, ...found });
  for (const one of found.items) call.terminal.out(`${changeLine(one)}\n`);
  if (found.items.length === 0) call.terminal.note("Nothing changed that counts.\n");
  if (found.left > 0) call.terminal.note(`${found.left} less important changes are left out: --limit\n`);
};

export const changeLine = ({ kind, feature, from, to, why }: FeatureChange): string => {
  const word = (value: string | null) =>
    value === null ? "none" : (STAGE_WORDS[value as Stage | "none"] ?? value.replaceAll("_", " "));
  const how = from === to ? "" : `  ${plain(word(from))} → ${plain(word(to))}`;
  const reasons = why.length === 0 ? "" : `  (${plain(why.join("; "))})`;
  return `${CHANGE_WORDS[kind].padEnd(13)} ${handleOf(feature)} ${plain(feature.name)}${how}${reasons}`;
};

const sinceGiven = (call: Call): Call => {
  if (text(call.values, "since") !== undefined) return call;
  throw new HubError("usage", "--since is missing: a day or a moment, e.g. 2026-11-01", { retry: "never" });
};

const log = async (call: Call, views: Views): Promise<void> => {
  const given = text(call.values, "since") ?? "";
  const since = new Date(given);
  if (Number.isNaN(since.getTime()))
    throw new HubError("usage", `--since "${given}" is not a day or a moment, e.g. 2026-11-01`, { retry: "never" });
  const limit = whole(call.values, "limit", 1, 1_000_000) ?? 10_000;
  let after: string | undefined;
  let shown = 0;
  do {
    const page = await views.changes(since.toISOString(), after, Math.min(200, limit - shown));
    for (const event of page.items) {
      if (call.json) json(call, event);
      else call.terminal.out(`${event.recordedAt}  ${event.name.padEnd(26)} ${plain(nameIn(event.data))}\n`);
    }
    shown += page.items.length;
    after = page.next;
  } while (after !== undefined && shown < limit);
};

const nameIn = (data: object): string => {
  for (const part of Object.values(data)) {
    if (typeof part === "object" && part !== null && "name" in part)
      return `${"key" in part ? `${String(part.key)} ` : ""}${String(part.name)}`;
  }
  return "";
};
