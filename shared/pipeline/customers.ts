import { companyDomains, oneCustomer, sharedDomains } from "../domain/customer-domains.ts";
import { type Entity, isKind } from "../domain/entity.ts";
import { listed, toolName } from "../lifecycle/sentence.ts";
import type { Table } from "../ports/table.ts";
import { calledSo, entitiesById, pointingTo } from "../store/entities.ts";

/** Customers that one domain after the other joins: more are looked at no further. */
const AT_MOST = 50;

const domainName = (domain: string): string => `customer:${domain}`;
const idName = (id: string): string => `customer:${id}`;

/** Names by which customers find each other: one per domain of theirs that is no free mail's. */
export const customerNames = (entity: Entity): string[] =>
  isKind(entity, "customer") ? companyDomains(entity.fields.domains).map(domainName) : [];

/** What a customer, or what it said, waits for: others of its domains, or the customer itself. */
export const customerPointers = (entity: Entity): string[] => {
  if (isKind(entity, "customer")) return customerNames(entity);
  const said = isKind(entity, "feedback") || isKind(entity, "surveyResponse") ? entity.fields.customerId : undefined;
  return said === undefined ? [] : [idName(said)];
};

/** A customer with all whom domains join with it; of a domain that one tool gives twice, with none. */
const joinedWith = async (table: Table, id: string): Promise<Entity<"customer">[]> => {
  const found = new Map<string, Entity<"customer">>();
  let wave = [id];
  while (wave.length > 0 && found.size < AT_MOST) {
    const next = new Set<string>();
    for (const one of (await entitiesById(table, wave)).values()) {
      if (!isKind(one, "customer") || isGone(one)) continue;
      found.set(one.id, one);
      for (const name of customerNames(one)) for (const other of await calledSo(table, name)) next.add(other);
    }
    wave = [...next].filter((other) => !found.has(other));
  }
  return [...found.values()];
};

const isGone = ({ presence }: Entity): boolean => presence.state === "deleted" || presence.state === "out_of_scope";

const placesOf = (all: readonly Entity<"customer">[]) =>
  all.map(({ id, source: { connectionId, tool }, fields: { name, domains } }) => ({
    id,
    connectionId,
    tool,
    name,
    domains,
  }));

/** What customers said of whom this one may be another name: it counts for whoever they are together. */
export const saidByCustomers = async (table: Table, id: string): Promise<string[]> => {
  const said = new Set<string>();
  for (const one of new Set([id, ...(await joinedWith(table, id)).map((other) => other.id)]))
    for (const record of await pointingTo(table, idName(one))) said.add(record);
  return [...said];
};

/** A customer as it is counted. */
export interface Counted {
  /** The same for all that are one customer. */
  readonly id: string;
  /** Why it is more than the record itself, in words. */
  readonly as?: string | undefined;
}

/** Who is counted for a piece of feedback: a customer whom two tools know under one domain is one. */
export const countedCustomer = async (table: Table, entity: Entity): Promise<Counted | undefined> => {
  const said = isKind(entity, "feedback") || isKind(entity, "surveyResponse") ? entity.fields.customerId : undefined;
  if (said === undefined) return undefined;
  const all = placesOf(await joinedWith(table, said)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ones = oneCustomer(all);
  const id = ones.get(said) ?? said;
  const same = all.filter((one) => ones.get(one.id) === id);
  if (same.length < 2) return { id };
  const tools = same.map(({ tool }) => toolName(tool)).sort();
  const [domains, name] = [[...sharedDomains(same).keys()], same.find((one) => one.id === said)?.name];
  return { id, as: `counted once: ${name} in ${listed(tools)}, by domain ${domains.join(", ")}` };
};
