import type { World } from "../company/world.ts";
import { vendorOf } from "../faults/rules.ts";
import { statuses, statusName } from "../jira/vocabulary.ts";
import { state } from "../linear/organization.ts";
import { states } from "../linear/vocabulary.ts";
import type { Verb } from "./outcome.ts";
import { ControlError } from "./records.ts";

const skew: Verb = ({ world }, request) => {
  const vendor = vendorOf(request["vendor"]);
  const seconds = Number(request["seconds"]);
  if (vendor === undefined || !Number.isFinite(seconds)) throw new ControlError("skew needs vendor and seconds.");
  world.skew.set(vendor, seconds * 1000);
  return { changed: [{ vendor, skew: seconds }], hooks: [] };
};

/** The ids of the statuses of a tool with their names: Jira's own ids, and the places of Linear's states. */
const namesOf = (world: World, vendor: unknown): readonly (readonly [id: string, name: string])[] => {
  if (vendor === "jira") return statuses.map((status) => [status.id, statusName(world, status)]);
  if (vendor === "linear") return states.map((_, index) => [String(index), String(state(world, index)["name"])]);
  throw new ControlError("vendor is jira or linear: GitHub has no statuses to rename.");
};

const renameStatus: Verb = ({ world, time }, request) => {
  const { vendor, from, to } = request;
  const found = namesOf(world, vendor).find(([id, name]) => from === id || from === name);
  if (found === undefined || typeof to !== "string" || to === "")
    throw new ControlError(`from is one of ${namesOf(world, vendor).map(([, name]) => name)}, and to a new name.`);
  world.statusNames.set(`${vendor}/${found[0]}`, { name: to, since: time });
  return { changed: [{ tracker: vendor, kind: "status", id: found[0], name: to }], hooks: [] };
};

const accountZone: Verb = ({ world }, request) => {
  const { zone } = request;
  if (typeof zone !== "string" || !isZone(zone)) throw new ControlError("zone is a name such as Pacific/Kiritimati.");
  world.accountZone = zone;
  return { changed: [{ tracker: "jira", kind: "account", time_zone: zone }], hooks: [] };
};

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

const CUSTOM = /^customfield_\d+$/;

const addField: Verb = ({ world }, request) => {
  const { field, name, type = "string", value = null } = request;
  if (typeof field !== "string" || !CUSTOM.test(field)) throw new ControlError("field is customfield_ and a number.");
  world.removedFields.delete(field);
  world.addedFields.set(field, { name: String(name ?? field), type: String(type), value });
  return { changed: [{ tracker: "jira", kind: "field", id: field }], hooks: [] };
};

const removeField: Verb = ({ world }, request) => {
  const { field } = request;
  if (typeof field !== "string" || !CUSTOM.test(field)) throw new ControlError("field is customfield_ and a number.");
  world.addedFields.delete(field);
  world.removedFields.add(field);
  return { changed: [{ tracker: "jira", kind: "field", id: field, removed: true }], hooks: [] };
};

/** Verbs on the tools themselves: their clocks, statuses and fields. */
export const toolVerbs: Readonly<Record<string, readonly [string, Verb]>> = {
  skew: ["vendor, seconds: its clock is off from now on; 0 sets it right", skew],
  rename_status: ["vendor: jira or linear, from, to: the same id under another name", renameStatus],
  account_zone: ["zone: of the account that asks Jira, in which it reads dates of queries", accountZone],
  add_field: [
    "field: customfield_…, name?, type?, value?: Jira has another field, with this value on every issue",
    addField,
  ],
  remove_field: ["field: customfield_…: gone from Jira's fields and issues", removeField],
};
