import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { eightAtOnce } from "../../connectors/github/paging.ts";

it("GitHub's single records are asked for eight at once, and none any more once one failed", async () => {
  let [inFlight, most] = [0, 0];
  const asked: number[] = [];
  const ask = async (item: number): Promise<number> => {
    asked.push(item);
    inFlight += 1;
    most = Math.max(most, inFlight);
    await setTimeout(item % 3);
    inFlight -= 1;
    if (item === 12) throw new Error("gone");
    return item * 2;
  };
  expect(await eightAtOnce([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], ask)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  expect(most).toBe(8);
  asked.length = 0;
  const many = Array.from({ length: 100 }, (_, at) => at);
  await expect(eightAtOnce(many, ask)).rejects.toThrow("gone");
  await setTimeout(10);
  expect(asked.length).toBeLessThan(30);
});
