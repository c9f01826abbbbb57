import { exposures, timeOf } from "../company/exposure.ts";
import { hash } from "../company/random.ts";
import { shippedOf } from "../company/usage.ts";
import type { World } from "../company/world.ts";
import { type Changes, projectId, type Row, surveys, uuidOf } from "./project.ts";

const DAY_MS = 86_400_000;
const ANSWERS = 12;
const WORDS = ["Nothing, it is great.", "It is slow on my phone.", "A way to undo.", "", "Shortcuts for the keyboard."];

/** `survey sent` events, as rows of the events table. */
export const responseEvents = (world: World, project: string, changes: Changes): readonly Row[] => {
  const about = shippedOf(exposures(world), Number(project) - Number(projectId(0))).slice(0, 3);
  const drawn = surveys(world, project).flatMap((survey, at) => {
    const exposure = about[at];
    if (exposure === undefined) return [];
    const start = timeOf(world, exposure.days.shipped ?? 0) + DAY_MS;
    return Array.from({ length: ANSWERS }, (_, n): Row => {
      const h = hash(world.company.seed, 96, exposure.product.index * 100 + exposure.feature.index, n);
      const score = at === 1 ? 1 + (h % 5) : h % 11;
      const uuid = uuidOf(world, 7, exposure, n);
      // Two of them share their time: a batch that came in at once.
      return event(
        survey,
        uuid,
        start + (n === 1 ? 0 : n) * 3_700_000 * (1 + at),
        score,
        WORDS[h % WORDS.length] ?? "",
      );
    });
  });
  const given = changes.responses.filter((one) => one.project === project).map(({ row }) => row);
  return [...drawn, ...given]
    .filter((row) => Number(row["ms"]) <= world.clock)
    .toSorted((a, b) => Number(a["ms"]) - Number(b["ms"]) || (String(a["uuid"]) < String(b["uuid"]) ? -1 : 1));
};

/** One response as posthog-js sends it. */
export const event = (survey: Row, uuid: string, ms: number, score: number, words: string): Row => {
  const [rating, open] = survey["questions"] as readonly Row[];
  const questions = [
    { id: rating?.["id"], question: rating?.["question"], response: String(score) },
    { id: open?.["id"], question: open?.["question"], response: words === "" ? null : words },
  ];
  return {
    uuid,
    ms,
    timestamp: new Date(ms).toISOString().replace("Z", "000Z"),
    event: "survey sent",
    properties: {
      $survey_id: survey["id"],
      $survey_completed: true,
      $survey_response: String(score),
      $survey_questions: JSON.stringify(questions),
      $email: "somebody@customer.example",
    },
  };
};
