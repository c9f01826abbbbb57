import { isKind } from "../domain/entity.ts";
import type { Instant } from "../domain/instant.ts";
import { kindOf } from "../domain/kind.ts";
import { linksOf } from "../store/entities.ts";
import { putReleaseDay } from "../store/newest-releases.ts";
import { putSearchWords } from "../store/search.ts";
import { downwardOf } from "./contribute.ts";
import { saidByCustomers } from "./customers.ts";
import { breathe } from "./give-way.ts";
import type { Hub } from "./hub.ts";
import { linkedOf, relink } from "./relink.ts";
import { neighboursOf } from "./same-feature.ts";
import { knownOf, plansBelow, taskOf, type Work } from "./spread.ts";
import { linkedByNow, suggestNamed } from "./suggest-names.ts";

/** Links by which initiatives and objectives stand above a feature. */
const PLANS_ABOVE: ReadonlySet<string> = new Set(["parent_of", "contributes_to"]);

/** What follows from the names and links of the records that came. */
export interface Relinked {
  /** Whose way to features may have changed. */
  readonly recontribute: Set<string>;
  /** Records whose links nothing can have changed. */
  readonly unmoved: Set<string>;
  /** Every record that was looked at. */
  readonly seen: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
}

/**
 * Names, pointers and links of what came. A record whose names and links are those that it was last linked by is left
 * alone, unless a name that it waits for was taken.
 *
 * @param others records of plans that may now stand for others, or no more
 */
export const relinkAll = async (
  hub: Hub,
  touched: ReadonlySet<string>,
  others: ReadonlySet<string>,
  work: Work,
  now: Instant,
): Promise<Relinked> => {
  const { table } = hub.ports;
  const recontribute = new Set<string>();
  const unmoved = new Set<string>();
  const seen = new Set<string>();
  const accounts = new Set<string>();
  let wave = [...touched];
  let isFirst = true;
  while (wave.length > 0) {
    const next = new Set<string>();
    for (const id of wave) {
      // Whoever was looked at before the name that it waits for was taken is looked at again.
      const isNew = !seen.has(id);
      seen.add(id);
      await breathe();
      const known = await knownOf(table, id, work);
      if (known === undefined) continue;
      const { entity, held } = known;
      if (entity.kind === "account") accounts.add(id);
      if (entity.kind === "account" || entity.kind === "vocabulary") continue;
      if (isFirst) work.known.set(id, known);
      const found = isFirst ? await putSearchWords(table, entity, held.found) : undefined;
      if (found !== undefined) work.done.set(id, { ...work.done.get(id), found });
      if (isFirst && isKind(entity, "release")) await putReleaseDay(table, entity);
      if (entity.kind === "feature") {
        taskOf(work, id).isItself = true;
        for (const other of await neighboursOf(hub, id)) recontribute.add(other);
        if (others.has(id)) for (const other of await plansBelow(table, id)) recontribute.add(other);
      }
      if (entity.kind === "initiative" || entity.kind === "objective")
        for (const below of await downwardOf(table, id))
          if (kindOf(below) === "feature") taskOf(work, below).isItself = true;
      // Whether two records of plans are one feature hangs on more than their own links.
      if (isFirst && entity.kind !== "feature" && held.linked === linkedOf(entity)) {
        unmoved.add(id);
        continue;
      }
      const { done, affected } = await relink(table, entity, now, held, work.done.get(id));
      const hasNews = unmoved.delete(id) || isNew;
      const isPlan = hasNews && entity.kind === "feature";
      const words = work.done.get(id)?.words ?? held.words;
      const named = isPlan ? await suggestNamed(table, entity, false, words) : undefined;
      if (entity.kind === "feature") await linkedByNow(table, done.said);
      work.done.set(id, { ...work.done.get(id), ...done, ...(named && { words: named }) });
      if (hasNews) for (const other of affected) next.add(other);
      // A commit or an issue may say a link of a pull request: whoever lies at its start contributes anew.
      for (const { from, type, to } of done.said) {
        recontribute.add(from);
        if (type === "parent_of") recontribute.add(to);
        for (const end of PLANS_ABOVE.has(type) ? [from, to] : [])
          if (kindOf(end) === "feature") taskOf(work, end).isItself = true;
      }
      // Whether two records of plans are one feature is decided from the links of both.
      if (entity.kind === "feature")
        for (const { from, to } of [...done.said, ...held.said])
          for (const end of [from, to]) if (kindOf(end) === "feature") recontribute.add(end);
      if (entity.kind === "customer") for (const said of await saidByCustomers(table, id)) recontribute.add(said);
      // What is blocked names what blocks it, whichever of the two tells of the other.
      if (entity.kind === "workItem" || entity.kind === "feature")
        for (const { to } of await linksOf(table, id, "out", "blocks")) recontribute.add(to);
      recontribute.add(id);
    }
    wave = [...next];
    isFirst = false;
  }
  return { recontribute, unmoved, seen, accounts };
};
