import type { EventData, EventName } from "../domain/event.ts";

/** What happened, for people: the thing it happened to, and the rest of the sentence. */
export interface Sentence {
  readonly name: string;
  /** A feature's id or key, where the thing is one. */
  readonly feature?: { readonly id: string; readonly key?: string | undefined };
  readonly happened: string;
}

export const plain = (word: string): string => word.replaceAll("_", " ");
export const fields = (names: readonly string[]): string =>
  names.map((name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)).join(", ");
export const label = ({ key, name }: { readonly key?: string | undefined; readonly name: string }): string =>
  key === undefined ? name : `${key} ${name}`;

export type Teller<N extends EventName> = (data: EventData<N>) => Sentence;

export const about = (
  { feature }: { readonly feature: EventData<"feature.created">["feature"] },
  happened: string,
): Sentence => ({
  name: label(feature),
  feature: { id: feature.id, key: feature.key },
  happened,
});
