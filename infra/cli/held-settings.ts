import type { JsonSchema } from "../../shared/platform/config.ts";

/** A connection's settings as its config says them: secrets by name. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * What was given over what is held. A credential of another kind takes the place of the held one, e.g. `oauth` that of
 * `apiToken` with its `apiTokenExpiresOn`; anything else that is held stays.
 */
export const over = (held: Settings, given: Settings, shape: JsonSchema): Settings => {
  const isNew = Object.keys(given).some((setting) => isCredential(setting, shape));
  const replaced = isNew
    ? Object.keys(held).filter((one) => isCredential(one, shape) && !Object.hasOwn(given, one))
    : [];
  const kept = Object.entries(held).filter(([one]) => !replaced.some((gone) => one.startsWith(gone)));
  const laid = Object.entries(given).map(([one, value]) => [one, laidOver(held[one], value)] as const);
  return { ...Object.fromEntries(kept), ...Object.fromEntries(laid) };
};

/** The same with the names of secrets in place of their values, for a check of the shape. */
export const valuesIn = (settings: Settings): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).map(([one, value]) => {
      if (!isObject(value)) return [one, value];
      return [one, typeof value["secret"] === "string" ? value["secret"] : valuesIn(value)];
    }),
  );

const isObject = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A secret or a group with one; those of webhooks prove who the vendor is, not who we are. */
const isCredential = (setting: string, { properties = {} }: JsonSchema): boolean => {
  if (/webhook/i.test(setting) || !Object.hasOwn(properties, setting)) return false;
  const at = properties[setting];
  return at?.secret === true || Object.values(at?.properties ?? {}).some(({ secret }) => secret === true);
};

const laidOver = (held: unknown, given: unknown): unknown =>
  isObject(held) && isObject(given) && given["secret"] === undefined ? { ...held, ...given } : given;
