import type { AwsCall } from "./aws-calls.ts";

/** A statement that allows, its resources and conditions resolved. */
export interface Allowed {
  readonly actions: readonly string[];
  /** ARNs, `*` for any text. */
  readonly resources: readonly string[];
  /** `StringLike` by key; no other condition is known. */
  readonly like: Readonly<Record<string, string>>;
}

export const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"))
      .join(".*")}$`,
    "s",
  ).test(text);

/** Whether a statement allows a call on one of its resources. */
export const allows = ({ actions, resources, like }: Allowed, call: AwsCall, resource: string): boolean =>
  actions.includes(call.action) &&
  resources.some((pattern) => matches(pattern, resource)) &&
  Object.entries(like).every(([key, pattern]) => matches(pattern, call.context[key] ?? ""));

/** Whether IAM would let the call through: each of its resources must be allowed. */
export const isAllowed = (statements: readonly Allowed[], call: AwsCall): boolean =>
  call.resources.every((resource) => statements.some((one) => allows(one, call, resource)));
