import type { Stage } from "../../../domain/stage.ts";

/** The rules of rule set 2026.1 in words, one per stage (lifecycle reference, 8.4). */
export const STAGE_RULES: readonly {
  readonly id: string;
  readonly stage: Stage;
  readonly entered: string;
  readonly done: string;
  readonly ended: string;
}[] = [
  {
    id: "R1",
    stage: "vision",
    entered: "An idea exists, an objective is linked, or enough distinct customers asked for it.",
    done: "Entered, and strategy is established.",
    ended: "The idea is gone, or the objective is unlinked.",
  },
  {
    id: "R2",
    stage: "strategy",
    entered: "A target is set, its initiative is planned or active, or it was scored.",
    done: "Entered, committed, and design or development is active or done.",
    ended: "The target is removed.",
  },
  {
    id: "R3",
    stage: "design",
    entered: "A linked design was edited in the last 14 days, a design item is in progress, or a design is ready.",
    done: "A design is ready, none was edited after that, and no design item is in progress.",
    ended: "The ready mark is withdrawn.",
  },
  {
    id: "R4",
    stage: "development",
    entered:
      "A child is in progress or in review, an implementing pull request is open, or some but not all of the work is finished.",
    done: "Every child is done or cancelled, every implementing pull request is merged or closed, and at least one is done or merged.",
    ended: "A done child is reopened, or a merge is reverted.",
  },
  {
    id: "R5",
    stage: "testing",
    entered: "It is deployed outside production, its tests ran, a flag shows it inside only, or an experiment runs.",
    done: "The last test run after the last merge is green, or production is established.",
    ended: "A run after the last merge failed.",
  },
  {
    id: "R6",
    stage: "production",
    entered: "Its merge is in a live production deployment, and no flag hides it from everybody.",
    done: "Fully exposed for 7 days without a break.",
    ended: "A rollback, or the flag went to 0 %.",
  },
  {
    id: "R7",
    stage: "marketing",
    entered: "A campaign is scheduled or sent, or it was announced outside.",
    done: "All campaigns are sent, and 14 days have passed since the last.",
    ended: "All campaigns are cancelled and nothing was announced.",
  },
  {
    id: "R8",
    stage: "support",
    entered: "Production is done, or a first ticket came after exposure.",
    done: "The feature is sunset.",
    ended: "Nothing ends it.",
  },
];
