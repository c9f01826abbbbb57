import type { ErrorCode } from "../../shared/connector/errors.ts";
import { EXIT } from "./command.ts";

const CODES: Readonly<Partial<Record<ErrorCode, number>>> = {
  usage: EXIT.usage,
  connection_unknown: EXIT.usage,
  stream_unknown: EXIT.usage,
  config_invalid: EXIT.config,
  config_missing: EXIT.config,
  secret_missing: EXIT.config,
  vendor_auth_expired: EXIT.unauthorised,
  vendor_forbidden: EXIT.unauthorised,
  vendor_unreachable: EXIT.unreachable,
  vendor_rate_limited: EXIT.unreachable,
  quota_exhausted: EXIT.unreachable,
};

/** What a command that ends in this error exits with. */
export const exitOf = (code: ErrorCode): number => CODES[code] ?? EXIT.failed;
