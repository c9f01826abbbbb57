import { ERRORS, type ErrorCode } from "../../shared/connector/errors.ts";
import type { OutputState } from "../../shared/pipeline/deliver.ts";
import { outputKey } from "../../shared/store/keys.ts";
import type { Check } from "./doctor-checks.ts";

/** How each output of the config last fared. Nothing is sent to find out. */
export const outputs: Check = async function* ({ workspace, store }) {
  const check = "outputs";
  if (store === undefined) return;
  for (const name of Object.keys(workspace?.config?.config.outputs ?? {})) {
    const { pk, sk } = outputKey(name);
    const state = (await store.embedded.ports.table.get<OutputState>(pk, sk))?.data;
    if (state === undefined) {
      yield { check, state: "warn", what: `${name} has not run yet`, fix: "start the hub: it begins then" };
      continue;
    }
    const { delivered, refused, since, failure } = state;
    if (failure !== undefined) {
      const { code, reason, times, nextAt } = failure;
      const what = `${name}: ${reason} (${times} times in a row, next try ${nextAt})`;
      const fix = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode] : undefined;
      yield { check, state: "fail", what, code: code as ErrorCode, ...(fix !== undefined && { fix }) };
    } else {
      const state = refused > 0 ? "warn" : "ok";
      yield { check, state, what: `${name}: ${delivered} delivered, ${refused} refused since ${since}` };
    }
  }
};
