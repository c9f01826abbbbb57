import { latestRun, line, ran } from "./latest-run.ts";
import { page, table } from "./markdown.ts";
import { numbered, proofsOf } from "./proof-titles.ts";

/** Every fault that the hub is tested against, in the words of whoever has it. */
export const FAULTS: Readonly<Record<string, string>> = {
  F01: "a webhook comes more than once",
  F02: "changes come out of order",
  F03: "a change comes late, after a deletion too",
  F04: "a webhook is lost",
  F05: "the receiver dies before the payload is kept or queued",
  F06: "the queue or the archive refuses",
  F07: "a payload is over a limit of queue or bus",
  F08: "the store of secrets is down",
  F09: "reading a payload dies before it wrote",
  F10: "reading a payload dies after it wrote and before it says so",
  F11: "a process dies between a change and its announcement",
  F12: "the publisher dies after it announced and before it noted that",
  F13: "some messages of a batch fail",
  F14: "a payload that nobody can read",
  F15: "the table throttles",
  F16: "two write the same at once",
  F17: "a row, key or number that not every table holds",
  F18: "one product has nearly all of the load",
  F19: "what failed is sent again, mixed with what is new",
  F20: "the bus takes only a part",
  F21: "an event is too large, or there are too many at once",
  F22: "events come twice or out of order",
  F23: "a reader is away for longer than anything is tried again",
  F24: "the change feed is cut before it was read",
  F25: "a tool says 429",
  F26: "a tool fails, hangs, or breaks off",
  F27: "a page is cut, is HTML, or no JSON",
  F28: "a tool's fields change",
  F29: "pages that go round, or records that move between pages",
  F30: "a token ends, is renewed by several, or is revoked",
  F31: "time is up in the middle of a long read",
  F32: "two read the same at once",
  F33: "a tool's clock is off, and changes share a time",
  F34: "our own clock jumps",
  F35: "delete, restore, delete, in any order",
  F36: "people are joined and parted, items get other keys",
  F37: "statuses are mapped otherwise",
  F38: "old and new code at once",
  F39: "`kill -9`",
  F40: "a damaged database, write-ahead log or archive",
  F41: "a full or read-only disk, no more files",
  F42: "two processes on one data folder",
};

/** What always holds, and the faults whose tests would fail if it did not. */
const INVARIANTS: readonly (readonly [id: string, holds: string, faults: readonly string[]])[] = [
  [
    "I1",
    "What was accepted is kept: its bytes in the archive, its message in the queue.",
    ["F05", "F06", "F39", "F41"],
  ],
  ["I2", "A change has one effect, however often it comes.", ["F01", "F09", "F10", "F12", "F22", "F32"]],
  ["I3", "An entity's version goes up by one at each change and never skips.", ["F02", "F16", "F24", "F34"]],
  ["I4", "Once all is quiet, what is shown is what the tools say.", ["F02", "F03", "F04", "F23", "F29", "F33", "F35"]],
  ["I5", "Nothing is announced that was not stored.", ["F11", "F12"]],
  ["I6", "One bad record, tool or product does not stop the others.", ["F13", "F14", "F18", "F28"]],
  [
    "I7",
    "Every retry ends, and nothing vanishes: it has its effect, or is set aside.",
    ["F07", "F14", "F15", "F17", "F25", "F26"],
  ],
  ["I8", "The archive and the config give the whole store again.", ["F36", "F37", "F40"]],
  ["I9", "What is in doubt is refused.", ["F08", "F27", "F40", "F41", "F42"]],
];

/** `docs/reliability.md`. */
export const reliabilityPage = (root: string): string => {
  const proofs = proofsOf(root, "F");
  const run = latestRun(root);
  return page(
    "# Reliability",
    "What always holds, what may go wrong, and the tests that prove each. The number of a fault begins the titles of its tests,\nand this page is made of those titles.",
    "## What always holds",
    table(
      ["", "holds", "guarded by the tests of"],
      INVARIANTS.map(([id, holds, faults]) => [id, holds, faults.join(", ")]),
    ),
    "## A damaged store",
    "A start compares the database with `hub.mark`, which names the last change outside of it; after a stop that was none of ours\nit looks at SQLite's own structure; each row has a sum that is looked at when it is read. What does not fit ends in\n`store_damaged` and exit code 1. `throughline rebuild` makes a new database of the archive beside the old one, takes over\nwhat no payload holds (keys, members, what people said, the past that was shown) as far as it can be read, looks through\nevery row, and swaps; the old files are kept in `damaged-…`. No tool is asked and nothing is announced again. After a power\ncut, or on another machine, missing changes are a warning: tools are read again from where the store stands.",
    "## What may go wrong",
    ran(run),
    ...numbered("F", Object.keys(FAULTS).length).flatMap((id) => [
      `### ${id} ${FAULTS[id]}`,
      proofs
        .filter(({ ids }) => ids.includes(id))
        .map((proof) => line(proof, run))
        .join("\n"),
    ]),
  );
};
