import { expect, it } from "vitest";
import { openPeople } from "../../infra/cli/people.ts";
import { sampleApp, sampleHub } from "./sample-hub.ts";

const { people } = sampleHub(1);
const of = (state: string) => people.filter((person) => person.state === state).length;

it("the page of what is to review leads to the people to decide on and to those in one tool only, and says which are which", async () => {
  const page = await (await sampleApp(sampleHub(1)).request("/review")).text();
  const linked = (state: string) =>
    new RegExp(`<a href="/people\\?state=${state}">([^<]*)</a>`).exec(page)?.[1]?.trim().replaceAll(/\s+/g, " ");
  expect(of("unmatched")).toBeGreaterThan(0);
  expect(linked("probable")).toBe(
    `${of("probable")} ${of("probable") === 1 ? "person" : "people"} with accounts that may belong together, to decide on`,
  );
  expect(linked("unmatched")).toContain(
    `${of("unmatched")} ${of("unmatched") === 1 ? "person" : "people"} known in one tool only`,
  );
  expect(openPeople({ probable: 0, unmatched: 9, confirmed: 3 })).toBe(
    "0 people to decide on (probable: accounts that may belong together), 9 people in one tool only (unmatched: nothing joins them to an account elsewhere)",
  );
});
