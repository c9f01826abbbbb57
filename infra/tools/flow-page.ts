import { FIGURES, type FigureSpec } from "../../shared/flow/figures.ts";
import { code, page, table } from "./markdown.ts";

/** `docs/flow.md`. */
export const flowPage = (): string =>
  page(
    "# Flow and delivery",
    "Figures over the last full ISO weeks (Monday 0:00 UTC), of a feature, a product or a team's place in it, each with the\nrecords behind it: `GET /v1/features/{id}/flow`, `GET /v1/products/{id}/flow`, `throughline flow`, the feature's page and\n`/products/{slug}/flow`. A team is named by the place where its work lies: a Linear team, a Jira project or a repository,\nas `connection:scope`.",
    table(
      ["id", "figure", "unit", "definition", "made of"],
      Object.entries<FigureSpec>(FIGURES).map(([id, { title, unit, definition, sources }]) => [
        code(id),
        title,
        unit,
        definition,
        sources.join(", "),
      ]),
    ),
    "A spread is told by its median and by what 85 % of the measured do not exceed (nearest rank). What is counted by the\nweek is an average of full weeks; the running week counts where nothing is counted by the week. Records that were\ndeleted, or lie out of what is read, count nowhere.",
    "Products keep a few small rows per ISO week, with one line for each record that came, ended or was deployed in it, and one\nset of rows for what is in progress. They are kept up as records change; a request reads the last weeks' rows, however much\nthere is before them.",
  );
