import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STAGES, TIERS } from "../../shared/domain/stage.ts";
import { RULES } from "../../shared/lifecycle/rules.ts";
import { page, sentence, table } from "./markdown.ts";

const GOLDEN = "test/lifecycle/golden";

/** The titles of the golden histories, in the order of their files, each of which begins with what it is about. */
const titlesIn = (root: string): (readonly [about: string, titles: readonly string[]])[] =>
  readdirSync(join(root, GOLDEN))
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(root, GOLDEN, file), "utf8");
      const titles = [...text.matchAll(/^ {4}title:\s+"(.+)",$/gm)].map(([, title = ""]) => title);
      const about = /\/\*\* (.+?) \*\/\nexport const [A-Z]+: readonly Story\[\]/.exec(text)?.[1] ?? "";
      return titles.length === 0 ? [] : [[about, titles] as const];
    });

/** `docs/stages.md`. */
export const stagesPage = (root: string): string =>
  page(
    "# How stages are decided",
    "Every feature is in all eight stages at once, each with a state of its own; the headline is the furthest stage whose\nevidence is sure enough. `throughline explain <key>` tells it of one feature, with proof. Rules are tuned in the\nconfig (`rules`, `products.{name}.rules`, [config.md](config.md)); `throughline rules test` shows beforehand what would move.",
    "## Rules",
    table(
      ["rule", "stage", "entered when", "done when", "ended by"],
      STAGES.map((stage) => {
        const { id, enteredWhen, doneWhen, endedBy } = RULES[stage];
        return [id, stage, sentence(enteredWhen), sentence(doneWhen), sentence(endedBy)];
      }),
    ),
    "R6b: deployed to production while every flag is at 0 % is dark; the headline stays testing. R9: a feature is sunset once its flag\nwas archived while nobody had it and the pull request that removes it is merged; cancelled once its plan says so and\nnothing was observed for 30 days.",
    "## How sure",
    `A piece of evidence weighs ${Object.entries(TIERS)
      .map(([tier, weight]) => `${weight} (${tier})`)
      .join(
        ", ",
      )}, times how sure its link to the\nfeature is. Each tool counts once, with its best; tools that agree add up. A stage counts from 0.7, vision and strategy from 0.5.`,
    "## Examples",
    `Each of these is a history with its outcome in [${GOLDEN}](../${GOLDEN}), and a test.`,
    ...titlesIn(root).flatMap(([about, titles]) => [
      `### ${about.replace(/\.$/, "")}`,
      titles.map((title) => `- ${title}`).join("\n"),
    ]),
  );
