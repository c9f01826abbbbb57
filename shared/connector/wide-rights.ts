import type { ReadContext } from "./contract.ts";

/**
 * The rights of an OAuth credential that go beyond reading, as answers tell them in `x-oauth-scopes`.
 *
 * @param path a call that costs little and needs no right
 * @param reads what only reads, or is asked for to set webhooks up
 */
export const toldRights =
  (path: string, reads: RegExp) =>
  async <Config>({ http, signal }: ReadContext<Config>): Promise<readonly string[]> => {
    const response = await http.fetch(`${http.baseUrl}${path}`, { signal });
    await response.body?.cancel();
    const told = response.headers.get("x-oauth-scopes") ?? "";
    return told
      .split(",")
      .map((right) => right.trim())
      .filter((right) => /^[\w:.]{1,60}$/.test(right) && !reads.test(right));
  };
