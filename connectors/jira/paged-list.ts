import * as z from "zod";
import { HubError } from "../../shared/connector/errors.ts";

const Listed = z.looseObject({
  values: z.array(z.unknown()),
  isLast: z.boolean().nullish(),
  total: z.int().nullish(),
});

const PAGES_AT_MOST = 10_000;

/** One page of a list by offset; `nextAt` is absent on the last. */
interface ListPage {
  readonly values: readonly unknown[];
  readonly nextAt: number | undefined;
}

/**
 * Walks Jira's lists by offset. The offset goes on by what came, since Jira may give fewer than asked.
 *
 * @throws HubError vendor_paging_broken if the list does not end
 */
export async function* listPages(
  first: number,
  read: (startAt: number, shape: typeof Listed) => Promise<z.output<typeof Listed>>,
): AsyncGenerator<ListPage, void, undefined> {
  let startAt = first;
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const { values, isLast, total } = await read(startAt, Listed);
    startAt += values.length;
    const ends = values.length === 0 || (isLast ?? (total == null ? false : startAt >= total));
    yield { values, nextAt: ends ? undefined : startAt };
    if (ends) return;
  }
  throw new HubError("vendor_paging_broken", "a list of Jira does not end", { retry: "later" });
}
