import type { ConfigProblem } from "./config.ts";
import type { HubConfig } from "./define-hub.ts";
import { suggestion } from "./suggestion.ts";

/** What cannot be meant: metrics of connections that are not there, and two objectives with one id. */
export const objectiveProblems = ({ products = {}, connections }: HubConfig): ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  const names = Object.keys(connections);
  for (const [slug, { objectives = [] }] of Object.entries(products)) {
    const ids = objectives.map(({ id }) => id);
    for (const [place, { id, keyResults = [] }] of objectives.entries()) {
      const path = ["products", slug, "objectives", place];
      if (ids.indexOf(id) < place) problems.push({ path: [...path, "id"], message: `"${id}" is named twice` });
      for (const [nth, { metric }] of keyResults.entries()) {
        const name = metric?.split(":", 1)[0];
        if (name === undefined || Object.hasOwn(connections, name)) continue;
        const message = `no connection "${name}"${suggestion(name, names)}`;
        problems.push({ path: [...path, "keyResults", nth, "metric"], message });
      }
    }
  }
  return problems;
};
