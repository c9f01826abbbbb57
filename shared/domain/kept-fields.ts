/** All fields of a stored row that this version knows of: the compiler asks for every one. */
export type Known<Data> = { readonly [Field in keyof Required<Data>]: true };

/**
 * What is stored next, with the fields of what is held that only a newer version knows: while a deployment or a rollback
 * goes on, old and new code write the same rows by turns. A field that is known and left out is gone.
 */
export const keeping = <Data extends object>(
  held: object | undefined,
  next: Data,
  known: Known<Data> | Readonly<Record<string, unknown>>,
): Data => {
  const unknown = Object.entries(held ?? {}).filter(([name]) => !Object.hasOwn(known, name));
  return unknown.length === 0 ? next : { ...next, ...Object.fromEntries(unknown) };
};
