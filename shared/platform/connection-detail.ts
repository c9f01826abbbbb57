import { accessOf } from "../pipeline/connection-access.ts";
import { connectionViews } from "../pipeline/connection-views.ts";
import type { Connection, Hub } from "../pipeline/hub.ts";
import type { ConnectionDetail, Setting } from "../store/connection-detail.ts";
import { type JsonSchema, schemaOf } from "./config.ts";
import type { HubConfig } from "./define-hub.ts";
import { locate } from "./locate.ts";

/** The config in force, and the file that it was read from where there is one. */
export interface ConfigInForce {
  readonly config: HubConfig;
  readonly source?: { readonly file: string; readonly text: string } | undefined;
}

/** What is told of one connection beside how it is; undefined where it cannot be opened. */
export const connectionDetail = async (
  hub: Hub,
  { config, source }: ConfigInForce,
  connectionId: string,
): Promise<ConnectionDetail | undefined> => {
  const name = connectionId.replace(/^con_/, "");
  const connection = await hub.connection(name).catch(() => undefined);
  const view = (await connectionViews(hub)).find(({ id }) => id === connectionId);
  if (connection === undefined || view === undefined) return undefined;
  const lineOf = (path: readonly string[]) => source && locate(source.text, ["connections", name, ...path]).line;
  return {
    access: accessOf(connection, view),
    settings: [...settingsOf(connection, config.connections[name]?.config ?? {}, lineOf), ...pace(connection, config)],
    ...(source && { file: source.file }),
    environments: [...(connection.environments ?? [])].map(([word, means]) => ({ name: word, means })),
    stages: [...hub.rules.stagesOf(connectionId)].map(([word, means]) => ({ name: word, means })),
  };
};

type Line = (path: readonly string[]) => number | undefined;

/** Every setting of the connector's own, whether the config gives it or not; what is not known to be none is a secret. */
const settingsOf = ({ connector, config }: Connection, given: object, lineOf: Line): Setting[] => {
  const walk = (schema: JsonSchema | undefined, value: unknown, raw: unknown, path: readonly string[]): Setting[] => {
    if (value === undefined) return [];
    const parts = isParts(value) ? schema?.properties : undefined;
    if (parts !== undefined && isParts(value))
      return Object.keys(parts).flatMap((key) =>
        walk(parts[key], value[key], isParts(raw) ? raw[key] : undefined, [...path, key]),
      );
    const isSecret = schema === undefined || schema.secret === true || isParts(value) || isReference(raw);
    return [
      {
        name: path.join("."),
        value: isSecret ? (isReference(raw) ? raw.secret : "set in the config itself") : wordsOf(value),
        isSecret,
        isDefault: raw === undefined,
        ...(raw !== undefined && { line: lineOf(path) }),
      },
    ];
  };
  return walk(schemaOf(connector.config), config, given, []);
};

/** How often it is read and how old its data may be. */
const pace = ({ name, ...connection }: Connection, { connections }: HubConfig): Setting[] => {
  const given = connections[name];
  const every: readonly (readonly [keyof typeof connection & string, string, unknown])[] = [
    ["pollEverySeconds", `${connection.pollEverySeconds} s`, given?.pollEvery],
    ["freshWithinSeconds", `${connection.freshWithinSeconds} s`, given?.freshWithin],
    ["censusEverySeconds", `${connection.censusEverySeconds} s`, given?.censusEvery],
    ["deletionFuse", String(connection.deletionFuse), given?.deletionFuse],
  ];
  return every.map(([key, value, told]) => ({
    name: key.replace(/Seconds$/, ""),
    value,
    isSecret: false,
    isDefault: told === undefined,
  }));
};

const isParts = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isReference = (value: unknown): value is { readonly secret: string } =>
  isParts(value) && Object.keys(value).length === 1 && typeof value["secret"] === "string";

/** An address without the name and password that somebody may have put into it. */
const wordsOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(wordsOf).join(", ");
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value).replace(/^(https?:\/\/)[^/@]*@/, "$1");
};
