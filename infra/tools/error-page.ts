import { ERRORS, type ErrorCode } from "../../shared/connector/errors.ts";
import { statusOf } from "../../shared/web/api/problem.ts";
import { exitOf } from "../cli/exit-of.ts";
import { code, page, table } from "./markdown.ts";

/** `docs/errors.md`. */
export const errorsPage = (): string =>
  page(
    "# Errors",
    "One closed list of codes. The same code stands in the API's problem details, on the command line, in the log and at a\nconnection. A running hub serves a page for each under `/docs/errors/{code}`.",
    table(
      ["code", "what to do", "HTTP", "exit"],
      (Object.keys(ERRORS) as ErrorCode[]).map((name) => [
        code(name),
        ERRORS[name],
        String(statusOf(name)),
        String(exitOf(name)),
      ]),
    ),
    "HTTP 500 means that no request is at fault: the API then answers `internal_error`, and the code itself stands in the log.",
  );
