import { at } from "./random.ts";

/** Someone who works at Acme, with the names the tools know them by. Handles differ between tools, as they do in life. */
export interface Person {
  readonly index: number;
  readonly name: string;
  readonly email: string;
  readonly login: string;
  readonly timeZone: string;
  readonly bot: boolean;
}

const person = (index: number, name: string, login: string, timeZone: string): Person => ({
  index,
  name,
  email: `${name
    .normalize("NFD")
    .replace(/[^A-Za-z ]/g, "")
    .toLowerCase()
    .replaceAll(" ", ".")}@acme.example`,
  login,
  timeZone,
  bot: false,
});

const bot = (index: number, name: string, login: string): Person => ({
  index,
  name,
  email: `${login.replace("[bot]", "")}@users.noreply.github.com`,
  login,
  timeZone: "Etc/UTC",
  bot: true,
});

/** Everyone at Acme, people first. */
export const people: readonly Person[] = [
  person(0, "Eli Marsh", "eli", "Europe/London"),
  person(1, "Priya Raman", "priyar", "Asia/Kolkata"),
  person(2, "Jonas Weber", "jweber", "Europe/Berlin"),
  person(3, "Zoë Laurent", "zoe-l", "Europe/Paris"),
  person(4, "Marcus Chen", "mchen", "America/Los_Angeles"),
  person(5, "Søren Holm", "sorenholm", "Europe/Copenhagen"),
  person(6, "Amara Okafor", "amarao", "Africa/Lagos"),
  person(7, "Lucía Fernández", "luciaf", "Europe/Madrid"),
  person(8, "Tom Fielding", "tfielding", "Europe/London"),
  person(9, "Hana Sato", "hanasato", "Asia/Tokyo"),
  person(10, "Ruth Adler", "ruthadler", "America/New_York"),
  person(11, "Dmitri Volkov", "dvolkov", "Europe/Tallinn"),
  bot(12, "dependabot[bot]", "dependabot[bot]"),
  bot(13, "github-actions[bot]", "github-actions[bot]"),
  bot(14, "Automation for Jira", "automation-for-jira"),
];

/** Who a number stands for. */
export const personAt = (index: number): Person => at(people, index);

/** Engineers take the work items. */
export const engineers: readonly number[] = [0, 1, 2, 4, 5, 6, 8, 9, 11];
/** Product managers write the features. */
export const managers: readonly number[] = [3, 7, 10];
/** The designers among them. */
export const designers: readonly number[] = [3, 9];

export const DEPENDABOT = 12;
export const ACTIONS = 13;
export const AUTOMATION = 14;
