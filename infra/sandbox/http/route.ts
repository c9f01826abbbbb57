import type { Answer, Asked } from "./server.ts";

/** One endpoint: method, path with `:name` for a part and `*name` for the rest, and what answers. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  answer(asked: Asked, part: (name: string) => string): Answer | Promise<Answer>;
}

/** Declares an endpoint. */
export const route = (method: string, path: string, answer: Route["answer"]): Route => {
  const names: string[] = [];
  const source = path.replace(/[.]/g, "\\.").replace(/([:*])(\w+)/g, (_, sign: string, name: string) => {
    names.push(name);
    return sign === "*" ? "(.+)" : "([^/]+)";
  });
  return { method, path, pattern: new RegExp(`^${source}/?$`), names, answer };
};

/** The first endpoint that fits, with the parts of its path; absent if there is none. */
export const match = (
  routes: readonly Route[],
  asked: Asked,
): { readonly route: Route; answer(): Answer | Promise<Answer> } | undefined => {
  for (const candidate of routes) {
    if (candidate.method !== asked.method && !(candidate.method === "GET" && asked.method === "HEAD")) continue;
    const found = candidate.pattern.exec(asked.path);
    if (found === null) continue;
    const parts = new Map(candidate.names.map((name, index) => [name, found[index + 1] ?? ""]));
    return { route: candidate, answer: () => candidate.answer(asked, (name) => parts.get(name) ?? "") };
  }
  return undefined;
};

/** A JSON answer with status 200. */
export const ok = (json: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status: 200,
  json,
  ...(headers === undefined ? {} : { headers }),
});

/** The body as a JSON object; absent if it is not one. */
export const bodyObject = (asked: Asked): Readonly<Record<string, unknown>> | undefined => {
  try {
    const parsed: unknown = JSON.parse(asked.body.toString("utf8"));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/** A whole number from a query, within bounds; the default if it is absent or no number. */
export const wholeNumber = (text: string | null, standard: number, low: number, high: number): number => {
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? Math.max(low, Math.min(high, Math.floor(value))) : standard;
};
