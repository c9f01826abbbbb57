import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type Body = Readonly<Record<string, unknown>>;

/** Real payloads that GitHub's own package collects, by event. */
const collected = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve("@octokit/webhooks-examples/api.github.com/index.json")), "utf8"),
) as readonly { readonly name: string; readonly examples: readonly Body[] }[];

/** What every real payload of an event and action has, and a made-up one lacks: names of two levels. */
export const lacking = (event: string, body: Body): readonly string[] => {
  const all = collected.find(({ name }) => name === event)?.examples ?? [];
  const alike = all.filter((example) => example["action"] === body["action"]);
  const examples = alike.length > 0 ? alike : all;
  const common = (read: (example: Body) => unknown): readonly string[] => {
    const records = examples.map(read).filter((record) => typeof record === "object" && record !== null);
    const [first] = records;
    if (first === undefined) return [];
    return Object.keys(first).filter((name) => records.every((record) => name in (record as Body)));
  };
  const missing = (names: readonly string[], record: unknown): readonly string[] =>
    typeof record === "object" && record !== null ? names.filter((name) => !(name in record)) : [];
  const outer = missing(
    common((example) => example),
    body,
  ).filter((name) => name !== "installation");
  const inner = Object.keys(body).flatMap((part) =>
    missing(
      common((example) => example[part]),
      body[part],
    ).map((name) => `${part}.${name}`),
  );
  return [...outer, ...inner];
};
