import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { mapWord, type Table } from "../../shared/domain/mapped.ts";
import { pageOf, timesOf } from "./envelope.ts";
import type { Cycle, Team, User, WorkflowState } from "./schema.ts";

export const normaliseTeam = (team: Team): readonly Draft[] => {
  const draft: Draft<"team"> = {
    kind: "team",
    external: {
      noun: "team",
      id: team.id,
      key: team.key ?? undefined,
      url: pageOf(team.organization?.urlKey, `team/${team.key}/all`),
    },
    scopes: team.key ? [team.key] : [],
    ...timesOf(team),
    fields: { name: team.name ?? team.key ?? team.id, slug: team.key ?? undefined },
  };
  return [draft];
};

/** A workflow state as a word of the status vocabulary, by which the history of issues is mapped. */
export const normaliseState = (state: WorkflowState): readonly Draft[] => {
  const key = state.team?.key ?? undefined;
  const draft: Draft<"vocabulary"> = {
    kind: "vocabulary",
    external: {
      noun: "status",
      id: state.id,
      url: pageOf(state.team?.organization?.urlKey, `settings/teams/${key}/workflow`),
    },
    scopes: key ? [key] : [],
    ...timesOf(state),
    fields: { field: "status", name: state.name ?? state.id, type: state.type ?? "", scope: key },
  };
  return [draft];
};

/** A user or app as an account; of the e-mail address only a hash is kept. */
export const normaliseUser = (user: User, { emailHash }: NormaliseContext): readonly Draft[] => {
  const draft: Draft<"account"> = {
    kind: "account",
    external: { noun: "user", id: user.id, url: user.url ?? "https://linear.app" },
    scopes: [],
    ...timesOf(user),
    fields: {
      tool: "linear",
      handle: user.displayName ?? undefined,
      name: user.name ?? undefined,
      emailHash: emailHash?.(user.email ?? ""),
      isBot: user.app ?? false,
      isActive: user.active ?? undefined,
    },
  };
  return [draft];
};

const CYCLE_STATES: Table<"future" | "active" | "closed"> = new Map([
  ["upcoming", "future"],
  ["current", "active"],
  ["completed", "closed"],
]);

export const normaliseCycle = (cycle: Cycle): readonly Draft[] => {
  const key = cycle.team?.key ?? undefined;
  const draft: Draft<"cycle"> = {
    kind: "cycle",
    external: {
      noun: "cycle",
      id: cycle.id,
      url: pageOf(cycle.team?.organization?.urlKey, `team/${key}/cycle/${cycle.number}`),
    },
    scopes: key ? [key] : [],
    ...timesOf(cycle),
    fields: {
      name: cycle.name || `Cycle ${cycle.number ?? ""}`.trim(),
      state: mapWord({ name: wordOf(cycle) }, CYCLE_STATES),
      startsAt: maybeInstant(cycle.startsAt),
      endsAt: maybeInstant(cycle.endsAt),
      completedAt: maybeInstant(cycle.completedAt),
    },
  };
  return [draft];
};

/** Linear's app names the state of a cycle; its API gives flags. A record without them tells no state. */
const wordOf = ({ completedAt, isActive, isFuture, isPast }: Cycle): string => {
  if (completedAt || isPast) return "Completed";
  if (isActive) return "Current";
  return isFuture ? "Upcoming" : "";
};
