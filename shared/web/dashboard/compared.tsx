import { HubError } from "../../connector/errors.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Stage } from "../../domain/stage.ts";
import { type ChangeSummary, changesBetween } from "../../report/changes-between.ts";
import { demandKept } from "../../store/known-then.ts";
import type { Views } from "../../store/views.ts";
import { STAGE_WORDS } from "../words.ts";
import { address } from "./link.tsx";
import { DayIn } from "./time.tsx";

/** What moved since the time compared with. */
export interface Compared {
  readonly since: Instant;
  /** Why there is nothing to compare with, where the hub kept no board so early. */
  readonly notKept?: HubError | undefined;
  readonly summary: ChangeSummary;
  /** Words of the former stage, by feature. */
  readonly was: ReadonlyMap<string, string>;
}

/** @throws whatever was thrown, unless it says that no board was kept of then */
export const unlessNotKept = (error: unknown): HubError => {
  if (error instanceof HubError && error.code === "as_of_unavailable") return error;
  throw error;
};

export const compared = async (
  views: Views,
  since: Instant,
  until: Instant,
  product: string | undefined,
): Promise<Compared> => {
  const products = product === undefined ? undefined : [product];
  const notKept = await demandKept(views, since).then(() => undefined, unlessNotKept);
  const summary = await changesBetween(views, { since, until, ...(products && { products }) });
  const moved = summary.items.filter(({ kind }) => kind === "moved_forward" || kind === "moved_back");
  const was = moved.map(({ feature, from }) => [feature.id, STAGE_WORDS[(from ?? "none") as Stage | "none"]] as const);
  return { since, notKept, summary, was: new Map(was) };
};

/** `23 moved, 4 back, 6 new, 2 closed`, and where each of them is told. */
export const ComparedLine = ({
  compared: { since, notKept, summary },
  zone,
  product,
}: {
  readonly compared: Compared;
  readonly zone: string;
  readonly product: string | undefined;
}) => {
  if (notKept !== undefined) {
    const first = notKept.details["first"];
    return (
      <p class="compared">
        There is nothing to compare with on <DayIn at={since} zone={zone} />:{" "}
        {typeof first === "string" ? (
          <>
            the earliest board on record is from <DayIn at={first} zone={zone} />.
          </>
        ) : (
          `${notKept.message}.`
        )}
      </p>
    );
  }
  const { moved_forward, moved_back, added, closed, uncounted } = summary.counts;
  const parts = [
    `${moved_forward + moved_back} moved`,
    `${moved_back} back`,
    `${added} new`,
    `${closed} closed`,
    ...(uncounted > 0 ? [`${uncounted} no longer counted`] : []),
  ];
  return (
    <p class="compared">
      Since <DayIn at={since} zone={zone} />: {parts.join(", ")}.{" "}
      <a href={address("/v1/changes/summary", { since, product })}>As JSON</a>
    </p>
  );
};
