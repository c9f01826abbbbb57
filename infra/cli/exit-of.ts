import type { ErrorCode } from "../../shared/connector/errors.ts";
import { EXIT } from "./command.ts";

const CODES: Readonly<Partial<Record<ErrorCode, number>>> = {
  usage: EXIT.usage,
  connection_unknown: EXIT.usage,
  stream_unknown: EXIT.usage,
  config_invalid: EXIT.config,
  config_missing: EXIT.config,
  secret_missing: EXIT.config,
  key_missing: EXIT.unauthorised,
  vendor_auth_expired: EXIT.unauthorised,
  vendor_forbidden: EXIT.unauthorised,
  vendor_unreachable: EXIT.unreachable,
  vendor_rate_limited: EXIT.unreachable,
  aws_region_missing: EXIT.usage,
  prompt_not_possible: EXIT.usage,
  aws_secret_missing: EXIT.config,
  aws_credentials_missing: EXIT.unauthorised,
  aws_forbidden: EXIT.unauthorised,
  aws_unreachable: EXIT.unreachable,
  aws_smoke_failed: EXIT.partly,
  quota_exhausted: EXIT.unreachable,
};

/** What a command that ends in this error exits with. */
export const exitOf = (code: ErrorCode): number => CODES[code] ?? EXIT.failed;
