import * as z from "zod";

const Search = z.looseObject({
  issues: z.array(z.unknown()),
  names: z.record(z.string(), z.unknown()).nullish(),
  schema: z.record(z.string(), z.unknown()).nullish(),
});

/** The records of a list answer that holds them under this name (`values` in nearly all of Jira's lists). */
export const listedIn =
  (name: string) =>
  (answer: unknown): readonly unknown[] | undefined =>
    z.looseObject({ [name]: z.array(z.unknown()) }).safeParse(answer).data?.[name];

/** The issues of a search or bulk answer; `names` and `schema`, told once for all, go to each issue. */
export const listedIssues = (answer: unknown): readonly unknown[] | undefined => {
  const { success, data } = Search.safeParse(answer);
  if (!success) return undefined;
  const { issues, names, schema } = data;
  const shared = { ...(names != null && { names }), ...(schema != null && { schema }) };
  return issues.map((issue) => (typeof issue === "object" && issue !== null ? { ...shared, ...issue } : issue));
};
