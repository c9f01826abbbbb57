import type { Explanation, Stage } from "../domain/stage.ts";
import { STAGES } from "../domain/stage.ts";
import { evidenceOf, flagsAt } from "./because.ts";
import { canAssert, type Folded } from "./fold.ts";
import type { Held } from "./held.ts";
import { RULES } from "./rules.ts";
import { counted, latestOf, listed, recordName } from "./sentence.ts";

type Conflict = Explanation["conflicts"][number];
type Day = (at: number) => string;

/** Who says otherwise: facts that a higher tier overrules (8.7). */
export const conflictsOf = (folded: Folded, day: Day): Conflict[] => [
  ...claimedNotExposed(folded, day),
  ...exposedWithOpenWork(folded),
  ...assertionsOverruled(folded, day),
  ...lostButExposed(folded, day),
  ...declaredDiffers(folded, day),
];

/** Work items and pull requests that people are at now. */
const running = ({ ledger }: Folded): Held[] => [
  ...ledger.group("item", "in_progress").values(),
  ...ledger.group("item", "in_review").values(),
  ...ledger.group("pr", "open").values(),
];

const stillRunning = (held: readonly Held[]): string =>
  `${counted(held.length, "piece")} of work still in progress: ${listed(held.map(({ fact }) => fact.recordKey))}`;

const notExposed = ({ ledger }: Folded, day: Day): string => {
  if (ledger.isDark) return `R6: not exposed to customers, ${flagsAt(ledger, "zero")}`;
  const back = latestOf(ledger.group("deploy.prod", "rolled_back").values());
  return back === undefined
    ? "R6: not exposed to customers, no production deployment contains its commits"
    : `R6: not exposed to customers, the deployment to ${back.fact.recordKey} was rolled back ${day(back.at)}`;
};

const claimedNotExposed = (folded: Folded, day: Day): Conflict[] => {
  const { ledger } = folded;
  const open = running(folded);
  return [...ledger.group("claim.done", "yes").values()].flatMap((claim) => {
    const said = `${recordName(claim)} says done (${day(claim.at)})`;
    if (ledger.hasDeploymentSource && !ledger.isExposed)
      return [{ claim: said, against: notExposed(folded, day), evidence: evidenceOf([claim, ...against(folded)]) }];
    if (!ledger.isExposed && open.length > 0)
      return [{ claim: said, against: `R4: ${stillRunning(open)}`, evidence: evidenceOf([claim, ...open]) }];
    return [];
  });
};

const against = ({ ledger }: Folded): Held[] => [
  ...ledger.group("exposure", "zero").values(),
  ...ledger.group("deploy.prod", "rolled_back").values(),
];

const exposedWithOpenWork = (folded: Folded): Conflict[] => {
  const open = running(folded);
  if (!folded.ledger.isFullyExposed || open.length === 0) return [];
  return [
    {
      claim: stillRunning(open),
      against: "R6: 100 % in production",
      evidence: evidenceOf([...folded.ledger.group("deploy.prod", "live").values(), ...open]),
    },
  ];
};

/** An experiment lost, and customers have what it tried. */
const lostButExposed = ({ ledger }: Folded, day: Day): Conflict[] => {
  if (!ledger.isExposed) return [];
  const flags = [...ledger.group("exposure", "part").values(), ...ledger.group("exposure", "full").values()];
  const shown = flags.length > 0 ? flags : [...ledger.group("deploy.prod", "live").values()];
  return [...ledger.group("experiment", "lost").values()].map((lost) => ({
    claim: `${recordName(lost)} lost (${day(lost.at)})`,
    against: `R6: ${flagsAt(ledger, "part", "full") || "every customer has it"} in production`,
    evidence: evidenceOf([lost, ...shown]),
  }));
};

const assertionsOverruled = (folded: Folded, day: Day): Conflict[] =>
  STAGES.flatMap((stage) => {
    const { ledger, views } = folded;
    const winner = ledger.assertion(stage);
    if (winner === undefined) return [];
    const { fact, at } = winner;
    if (fact.polarity === "+" && !canAssert(stage, ledger) && !ledger.isExposed && !views[stage].entered)
      return [
        {
          claim: `${fact.recordKey} asserted ${stage} (${day(at)})`,
          against: notExposed(folded, day),
          evidence: evidenceOf([winner, ...against(folded)]),
        },
      ];
    const strong = strongest(folded, stage);
    if (fact.polarity === "+" || strong === undefined) return [];
    return [
      {
        claim: `${fact.recordKey} asserted that it is not in ${stage} (${day(at)})`,
        against: `${RULES[stage].id}: ${recordName(strong)} shows it since ${day(strong.at)}`,
        evidence: evidenceOf([winner, strong]),
      },
    ];
  });

/** The fact of a higher tier that a negative assertion cannot silence. */
const strongest = ({ views }: Folded, stage: Stage): Held | undefined =>
  latestOf(views[stage].support.filter(({ isStrong }) => isStrong).flatMap((group) => [...group.values()]));

const declaredDiffers = (folded: Folded, day: Day): Conflict[] => {
  const { ledger, scene, disposition } = folded;
  return ledger.all("declared").flatMap((declared) => {
    const said = `${recordName(declared)} says ${declared.fact.value ?? ""} (${day(declared.at)})`;
    const development = [
      ...ledger.group("pr", "merged").values(),
      ...running(folded),
      ...ledger.group("item", "done").values(),
    ];
    const isEarly = declared.fact.value === "proposed" || declared.fact.value === "planned";
    if (isEarly && scene.counts("development")) {
      const work = latestOf(development);
      const shown =
        work === undefined
          ? ""
          : `, ${work.fact.recordKey} ${(work.fact.value ?? "").replaceAll("_", " ")} ${day(work.at)}`;
      return [
        {
          claim: said,
          against: `R4: development is ${scene.stateOf("development")}${shown}`,
          evidence: evidenceOf([declared, ...(work === undefined ? [] : [work])]),
        },
      ];
    }
    if (declared.fact.value === "cancelled" && disposition === "open" && scene.counts("production"))
      return [
        {
          claim: said,
          against: "R6: still in production",
          evidence: evidenceOf([declared, ...ledger.group("deploy.prod", "live").values()]),
        },
      ];
    return [];
  });
};
