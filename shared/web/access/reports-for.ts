import type { ReportSettings } from "../../report/settings.ts";
import type { WebDeps } from "../web-deps.ts";
import type { Identity } from "./identity.ts";

/** Reports that somebody may see: a report tells of all its products, so that all of them must be theirs. */
export const reportsFor = ({ reports }: Pick<WebDeps, "reports">, { products }: Identity): readonly ReportSettings[] =>
  (reports?.settings ?? []).filter(
    (one) => products === "all" || (one.products.length > 0 && one.products.every(({ id }) => products.includes(id))),
  );
