import type { AccountView } from "../../shared/store/views.ts";
import type { Shown } from "./memory-views.ts";
import { sampleFeature, sampleHub } from "./sample-hub.ts";

/** A hub in which every text that a vendor could have written is the given one. */
export const hubOf = (text: string): Shown => {
  const hub = sampleHub(0);
  const feature = sampleFeature(8, "testing");
  const { explanation } = feature;
  return {
    ...hub,
    features: [
      {
        ...feature,
        key: text,
        name: text,
        url: text,
        type: text,
        tool: text,
        status: { category: "unknown", detail: text, mappedBy: "default" },
        owner: { id: "acc_1", name: text },
        initiatives: [{ id: "ini_1", name: text }],
        targetDate: "2027-02-07",
        health: { ...feature.health, derived: { ...feature.health.derived, reasons: [text] } },
        explanation: {
          ...explanation,
          because: explanation.because.map((line) => ({ ...line, text, evidence: [text, "https://example.com/"] })),
          notYet: [{ stage: "production", missing: [text] }],
          conflicts: [{ claim: text, against: text, evidence: [text] }],
          unknown: [text],
        },
      },
    ],
    evidence: hub.evidence.map((line) => ({
      ...line,
      key: text,
      name: text,
      url: text,
      tool: text,
      via: text,
      status: { category: "done", detail: text, mappedBy: "tool" },
    })),
    timeline: hub.timeline.slice(0, 2).map((line) => ({ ...line, text, url: text, tool: text })),
    connections: hub.connections.map((connection) => ({
      ...connection,
      title: text,
      tool: `tool ${text}`,
      reason: text,
      streams: connection.streams.map((run) => ({
        ...run,
        stream: text,
        scope: text,
        error: { code: "vendor_auth_expired", message: text, fix: text, at: "2026-11-22T09:51:00.000Z" },
      })),
    })),
    quarantine: hub.quarantine.map((letter) => ({ ...letter, stream: text, message: text, code: text })),
    people: hub.people.map((person) => {
      const account = (one: AccountView) => ({ ...one, tool: text, handle: text, name: text, url: text, label: text });
      return {
        ...person,
        name: text,
        accounts: person.accounts.map((one) => ({ ...account(one), rule: one.rule })),
        mayBe: person.mayBe.map((other) => ({ ...other, name: text, accounts: other.accounts.map(account) })),
        conflicts: person.conflicts.map(({ account: one, other, rule }) => ({
          account: account(one),
          other: account(other),
          rule,
        })),
      };
    }),
    assertions: hub.assertions.map((one) => ({ ...one, reason: text, by: { id: "mem_1", name: text } })),
    updates: hub.updates.map((one) => ({ ...one, text, by: { id: "mem_1", name: text } })),
    suggestions: hub.suggestions.map((one) => ({
      ...one,
      from: { ...one.from, key: text, name: text, tool: text, url: text },
      hints: one.hints.map((hint) => ({ ...hint, text, url: text })),
    })),
    objectives: hub.objectives.map((one) => ({
      ...one,
      title: text,
      text,
      url: text,
      tool: text,
      owner: { id: "acc_1", name: text },
      status: { category: "active", detail: text, mappedBy: "tool" },
      keyResults: one.keyResults.map((result) => ({
        ...result,
        title: text,
        unit: text,
        ...(result.metric && { metric: { ...result.metric, name: text, tool: text, url: text } }),
      })),
      initiatives: one.initiatives.map((initiative) => ({ ...initiative, title: text })),
    })),
    initiatives: hub.initiatives.map((one) => ({
      ...one,
      key: text,
      title: text,
      tool: text,
      url: text,
      owner: { id: "acc_1", name: text },
      parent: { id: "ini_2", name: text },
      objectives: [{ id: "obj_1", title: text }],
      status: { category: "active", detail: text, mappedBy: "tool" },
      declared: { value: "at_risk", at: "2026-11-20T09:00:00.000Z", by: text, text },
    })),
    changes: hub.changes.slice(0, 2).map((event) => ({
      ...event,
      data: { ...event.data, feature: { id: "ftr_1", key: text, name: text, url: text }, because: [text] },
    })),
  };
};
