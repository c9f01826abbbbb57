import { styleText } from "node:util";
import { HubError } from "../../shared/connector/errors.ts";
import { snakeKeys } from "../../shared/domain/snake-case.ts";
import { STAGES, type StageState } from "../../shared/domain/stage.ts";
import type { FeatureView, Views } from "../../shared/store/views.ts";
import { AS_OF, viewsThen } from "./as-of.ts";
import { type Call, type Command, EXIT, text } from "./command.ts";
import { openStore } from "./open-store.ts";
import { whole } from "./start.ts";

const MARKS: Readonly<Record<StageState, string>> = {
  not_started: "·",
  active: "▶",
  done: "✓",
  skipped: "–",
  regressed: "◀",
  unknown: "?",
};
export const HEALTH = {
  on_track: "● on track",
  at_risk: "▲ at risk",
  off_track: "■ off track",
  unknown: "○ no signal",
} as const;

export const strip = ({ explanation }: FeatureView): string =>
  STAGES.map((stage) => MARKS[explanation.stages[stage].state]).join("");
export const bold = (words: string): string =>
  styleText("bold", words, { validateStream: true, stream: process.stdout });

/** Does some reading of the current workspace, to its end. */
export const reading = async (call: Call, work: (views: Views, timezone: string) => Promise<void>): Promise<number> => {
  const store = await openStore(call.terminal);
  try {
    await work(store.views, store.hub.timezone);
    return EXIT.ok;
  } finally {
    store.close();
  }
};

export const json = (call: Call, value: unknown): void => call.terminal.out(`${JSON.stringify(snakeKeys(value))}\n`);

export const status: Command = {
  usage: "throughline status [--as-of D]",
  does: "products by stage, and how fresh each connection is; with --as-of the products as they stood then",
  options: AS_OF,
  words: [0, 0],
  run: (call) =>
    reading(call, async (views, timezone) => {
      const [products, connections] = await Promise.all([views.products(), views.connections()]);
      const then = viewsThen(call, views, timezone);
      const rows = await Promise.all(
        products.map(async (product) => ({
          ...product,
          stages: await then.counts(product.id),
          health: await then.healthCounts(product.id),
        })),
      );
      if (call.json) return json(call, { products: rows, connections });
      for (const { name, stages, health } of rows) {
        call.terminal.out(`${bold(name)}\n`);
        const counted = STAGES.filter((stage) => stages[stage] > 0).map((stage) => `${stage} ${stages[stage]}`);
        call.terminal.out(
          `  ${[...counted, ...(stages.none > 0 ? [`no stage yet ${stages.none}`] : [])].join(" · ")}\n`,
        );
        call.terminal.out(
          `  ${Object.entries(HEALTH)
            .map(([value, words]) => `${words} ${health[value as keyof typeof HEALTH]}`)
            .join("  ")}\n`,
        );
      }
      for (const { name, title, state, reason, dataAsOf, quarantined } of connections) {
        call.terminal.out(
          `${title} (${name}): ${state}${reason === undefined ? "" : `, ${plain(reason)}`}${dataAsOf === undefined ? "" : `, as of ${dataAsOf}`}`,
        );
        call.terminal.out(`${quarantined > 0 ? `, ${quarantined} set aside` : ""}\n`);
      }
    }),
};

/** What names a feature in every other command: its key, else its id, as wide as an id. */
export const handleOf = ({ key, id }: Pick<FeatureView, "key" | "id">): string => plain(key ?? id).padEnd(30);

export const featureLine = (view: FeatureView): string =>
  `${handleOf(view)} ${strip(view)}  ${(view.explanation.headline ?? "no stage yet").padEnd(12)} ${HEALTH[view.health.value].padEnd(11)}  ${plain(view.name)}`;

export const features: Command = {
  usage: "throughline features [--stage S] [--health H] [--product SLUG] [--q TEXT] [--limit N] [--as-of D]",
  does: "all features with stage strip and health",
  options: {
    ...AS_OF,
    stage: { type: "string" },
    health: { type: "string" },
    product: { type: "string" },
    q: { type: "string" },
    limit: { type: "string" },
  },
  words: [0, 0],
  run: (call) =>
    reading(call, async (views, timezone) => {
      const then = viewsThen(call, views, timezone);
      const slug = text(call.values, "product");
      const product =
        slug === undefined ? undefined : (await views.products()).find((one) => one.slug === slug || one.id === slug);
      if (slug !== undefined && product === undefined)
        throw new HubError("usage", `no product "${slug}"`, { retry: "never" });
      const limit = whole(call.values, "limit", 1, 100_000) ?? 1000;
      const filter = {
        ...(product && { product: product.id }),
        ...pick(call, "stage", [...STAGES, "none"] as const),
        ...pick(call, "health", ["on_track", "at_risk", "off_track", "unknown"] as const),
        q: text(call.values, "q"),
      };
      let after: string | undefined;
      let shown = 0;
      do {
        const page = await then.features(filter, after, Math.min(200, limit - shown));
        for (const view of page.items) {
          if (call.json) json(call, view);
          else call.terminal.out(`${featureLine(view)}\n`);
        }
        shown += page.items.length;
        after = page.next;
      } while (after !== undefined && shown < limit);
      // None at all of a day of which nothing was kept is no answer: the counts say so.
      if (shown === 0) await then.counts(product?.id);
    }),
};

const pick = <Name extends string, Word extends string>(
  call: Call,
  name: Name,
  known: readonly Word[],
): Partial<Record<Name, Word[]>> => {
  const given = text(call.values, name);
  if (given === undefined) return {};
  const words = given.split(",");
  const wrong = words.find((word) => !(known as readonly string[]).includes(word));
  if (wrong !== undefined)
    throw new HubError("usage", `--${name} "${wrong}" is none of ${known.join(", ")}`, { retry: "never" });
  return { [name]: words as Word[] } as Partial<Record<Name, Word[]>>;
};

/** Vendor text must not move the cursor, colour the screen or turn the line around. */
export const plain = (words: string): string => words.replace(/[\p{Cc}\p{Cf}]/gu, "");
