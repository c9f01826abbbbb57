import type { Vendor } from "./company.ts";
import type { Step } from "./history.ts";

/** Histories that once ended wrong, as they were found; each stays. */
export const REGRESSIONS: Readonly<Record<Vendor, Readonly<Record<string, readonly Step[]>>>> = {
  jira: {
    "what was deleted while it was hidden stayed hidden": [
      { does: "hide", a: 0, b: 100 },
      { does: "census", a: 0, b: 10 },
      { does: "remove", a: 0, b: 0 },
    ],
    "the past was shown under the names of statuses that were written down": [{ does: "rename", a: 0, b: 0 }],
  },
  linear: {
    "of two statuses within one moment the one that ended was taken for the present one": [
      { does: "edit", a: 0, b: 99 },
      { does: "edit", a: 0, b: 493 },
      { does: "create", a: 0, b: 0 },
      { does: "misbehave", a: 3, b: 0 },
      { does: "census", a: 0, b: 1 },
      { does: "edit", a: 6, b: 0 },
    ],
    "what was deleted where it had gone was asked of a hub that no longer watched it": [
      { does: "relocate", a: 624, b: 4 },
      { does: "remove", a: 754, b: 0 },
      { does: "deliver", a: 0, b: 0 },
      { does: "pass", a: 0, b: 0 },
    ],
    "what was trashed and moved before the webhook of the trash was read stayed deleted": [
      { does: "shelve", a: 163, b: 150 },
      { does: "create", a: 0, b: 0 },
      { does: "relocate", a: 279, b: 4 },
      { does: "deliver", a: 0, b: 0 },
      { does: "edit", a: 0, b: 0 },
    ],
    "what was trashed by the word of a webhook and moved unheard stayed deleted": [
      { does: "edit", a: 3, b: 0 },
      { does: "shelve", a: 3, b: 2 },
      { does: "deliver", a: 1, b: 0 },
      { does: "relocate", a: 3, b: 4 },
    ],
    "what was below an issue that was deleted where it had gone was asked to know": [
      { does: "relocate", a: 167, b: 1 },
      { does: "deliver", a: 0, b: 0 },
      { does: "remove", a: 57, b: 0 },
      { does: "poll", a: 0, b: 0 },
    ],
    "what was below a deleted issue kept it as its parent": [{ does: "remove", a: 322, b: 0 }],
    "the past was shown under names that were written down": [{ does: "rename", a: 0, b: 0 }],
    "a run that went on among the archived did not look at what was updated": [
      { does: "misbehave", a: 0, b: 895 },
      { does: "poll", a: 21, b: 1 },
      { does: "edit", a: 0, b: 0 },
    ],
    "a run that went on among the archived did not look at what was deleted": [
      { does: "create", a: 0, b: 0 },
      { does: "poll", a: 105, b: 4 },
      { does: "remove", a: 0, b: 0 },
      { does: "misbehave", a: 0, b: 0 },
    ],
  },
  github: {
    "a closing had one name while it was the last and another one later, and counted twice": [
      { does: "edit", a: 249, b: 67 },
      { does: "remove", a: 0, b: 0 },
      { does: "edit", a: 848, b: 66 },
      { does: "edit", a: 708, b: 967 },
      { does: "pass", a: 0, b: 0 },
      { does: "edit", a: 538, b: 0 },
      { does: "poll", a: 0, b: 0 },
    ],
    "of two closings within one second the first was taken for the last": [
      { does: "edit", a: 6, b: 381 },
      { does: "create", a: 0, b: 0 },
      { does: "relocate", a: 0, b: 0 },
      { does: "create", a: 0, b: 0 },
      { does: "edit", a: 69, b: 319 },
    ],
    "of three closings within one second two were taken for one": [
      { does: "edit", a: 466, b: 430 },
      { does: "edit", a: 251, b: 39 },
      { does: "edit", a: 41, b: 444 },
    ],
    "a deletion took the people with it that the deleted issue names": [
      { does: "remove", a: 0, b: 0 },
      { does: "deliver", a: 0, b: 0 },
      { does: "poll", a: 0, b: 0 },
    ],
    "what was hidden when it was moved stayed hidden": [
      { does: "hide", a: 0, b: 10 },
      { does: "census", a: 0, b: 0 },
      { does: "poll", a: 0, b: 4 },
      { does: "relocate", a: 0, b: 0 },
      { does: "deliver", a: 105, b: 0 },
    ],
    "who was replaced stayed assigned up to a later change: the company told only who came": [
      { does: "edit", a: 263, b: 576 },
      { does: "pass", a: 0, b: 0 },
      { does: "edit", a: 608, b: 0 },
    ],
  },
};
