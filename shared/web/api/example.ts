import kept from "./examples.json" with { type: "json" };

/** A request and its answer, as the demo gave it: lists with one thing, texts cut. */
export interface Example {
  /** Path and query. */
  readonly address: string;
  readonly sent?: unknown;
  readonly answer: unknown;
}

const EXAMPLES: Readonly<Record<string, Example>> = kept;

/** The example of an operation; `node infra/tools/api-examples.ts` makes them. */
export const exampleOf = (operation: string): Example | undefined =>
  Object.hasOwn(EXAMPLES, operation) ? EXAMPLES[operation] : undefined;
