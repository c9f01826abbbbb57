import type { Instant } from "../domain/instant.ts";
import { update } from "../store/entities.ts";
import { declaredProductKey } from "../store/keys.ts";
import type { Hub, Product } from "./hub.ts";

/** A product of the config as it was last seen there. */
export interface DeclaredProduct extends Product {
  readonly seenAt: Instant;
}

/** Keeps what the config says of products, so that the change feed tells when it says otherwise. Reads one row each. */
export const declareProducts = async ({ ports: { table, clock }, products }: Hub): Promise<void> => {
  const keys = products.map(({ slug }) => declaredProductKey(slug));
  const held = new Map((await table.getMany<DeclaredProduct>(keys)).map(({ sk, data }) => [sk, data]));
  for (const { id, slug, name, vision } of products) {
    const key = declaredProductKey(slug);
    const before = held.get(key.sk);
    if (before?.id === id && before.name === name && before.vision === vision) continue;
    const seenAt = clock.now().toISOString();
    await update<DeclaredProduct>(table, key, (row) => ({ data: { ...row?.data, id, slug, name, vision, seenAt } }));
  }
};
