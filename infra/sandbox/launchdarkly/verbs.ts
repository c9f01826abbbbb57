import { createHmac } from "node:crypto";
import type { Request, Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { type Account, type Edit, ENVIRONMENTS } from "./account.ts";
import { entryJson } from "./json.ts";

/** What a product team does to a flag; each is an entry of the audit log and a webhook. */
export const verbsOf = (account: Account): Readonly<Record<string, readonly [help: string, verb: Verb]>> => ({
  ramp: [
    "key, percent, environment?: the default rule of a flag gives it to so many people",
    changing(account, (request) => ({ environment: environmentIn(request), percent: percentIn(request), on: true })),
  ],
  toggle: [
    "key, on, environment?: turns a flag on or off",
    changing(account, (request) => ({ environment: environmentIn(request), on: request["on"] !== false })),
  ],
  archive: [
    "key, archived?: archives a flag in all environments, or restores it",
    changing(account, (request) => ({ archived: request["archived"] !== false })),
  ],
  delete: ["key: deletes a flag", changing(account, () => ({ deleted: true }))],
});

const changing =
  (account: Account, edit: (request: Request) => Omit<Edit, "time" | "by">): Verb =>
  ({ time, by }, request) => {
    const changed = account.edit(String(request["key"]), { ...edit(request), time, by });
    if (changed === undefined) throw new ControlError(`There is no flag ${JSON.stringify(request["key"])}.`);
    const { flag, entry } = changed;
    const hook: Hook = {
      vendor: "launchdarkly",
      event: entry.action,
      body: entryJson(entry),
      signed: ({ secret }) => {
        const body = JSON.stringify(entryJson(entry));
        return { body, headers: { "x-ld-signature": createHmac("sha256", secret).update(body).digest("hex") } };
      },
    };
    return { changed: [{ project: flag.project, key: flag.key, verb: entry.verb }], hooks: [hook] };
  };

const environmentIn = (request: Request): string => {
  const name = String(request["environment"] ?? "production");
  if (ENVIRONMENTS[name] === undefined)
    throw new ControlError(`environment is one of ${Object.keys(ENVIRONMENTS).join(", ")}.`);
  return name;
};

const percentIn = (request: Request): number => {
  const percent = Number(request["percent"]);
  if (!(percent >= 0 && percent <= 100)) throw new ControlError("percent is a number from 0 to 100.");
  return percent;
};
