import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Connector } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";

type Json = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** Exchanges with a vendor that another tool recorded, and how that tool read them. */
export const recordingsOf = (vendor: string) => {
  const folder = new URL(`../../../shared/data/recorded/${vendor}/nango/`, import.meta.url);
  const present = existsSync(folder);
  if (!present) process.stdout.write(`skipped: the recorded payloads of ${vendor} are not beside this checkout\n`);
  const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, folder), "utf8"));
  return {
    present,
    files: present ? readdirSync(new URL("raw/", folder)).toSorted() : [],
    /** Every answer of a file with the path that was asked. */
    answers: (file: string): { readonly path: string; readonly response: unknown }[] =>
      Object.values((read(`raw/${file}`) as Json)["api"] as Json)
        .flatMap((paths) => Object.entries(paths as Json))
        .flatMap(([path, one]) => [one].flat().map((exchange) => ({ path, response: (exchange as Json)["response"] }))),
    /** Every object with an id anywhere in the other tool's reading. */
    readings: (file: string): Json[] => objectsIn(read(`expected/${file}`)),
  };
};

const objectsIn = (value: unknown): Json[] => {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isObject(value)) return [];
  return [...(typeof value["id"] === "string" ? [value] : []), ...Object.values(value).flatMap(objectsIn)];
};

/** Values of both readings side by side; what the other tool does not tell is left out. */
export const comparison = (vendor: string) => {
  const compared: { readonly where: string; readonly theirs: unknown; readonly ours: unknown }[] = [];
  return {
    compare(where: string, pairs: readonly (readonly [field: string, theirs: unknown, ours: unknown])[]): void {
      for (const [field, theirs, ours] of pairs)
        if (theirs !== undefined && theirs !== null && theirs !== "")
          compared.push({ where: `${where} ${field}`, theirs, ours });
    },
    /** Says how much was compared and fails where the two differ. */
    agree(atLeast: number): void {
      const disagreements = compared.filter(({ theirs, ours }) => theirs !== ours);
      process.stdout.write(`${vendor}: ${compared.length} values compared, ${disagreements.length} disagreements\n`);
      expect(disagreements).toEqual([]);
      expect(compared.length).toBeGreaterThanOrEqual(atLeast);
    },
  };
};

/** The drafts of the records in an answer: of a list, else of the one that it is. */
export const draftsIn = (declared: Connector<never>, stream: string, response: unknown): readonly Draft[] => {
  const { record: shape, normalise, listed } = (declared as unknown as Connector).streams[stream] ?? {};
  if (shape === undefined || normalise === undefined) throw new Error(`no stream ${stream}`);
  const records = listed?.(response) ?? [response];
  return records.flatMap((one) => normalise(shape.parse(one), { connectionId: "con_recorded", statuses: new Map() }));
};
