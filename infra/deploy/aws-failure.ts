import { type ErrorCode, HubError } from "../../shared/connector/errors.ts";

/** Names that AWS and its client give to a failure. */
const CODES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(?:CredentialsProviderError|TokenProviderError)$/, "aws_credentials_missing"],
  [
    /^(?:ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|MissingAuthenticationToken)/,
    "aws_credentials_missing",
  ],
  [/^(?:AccessDenied|NotAuthorized|UnauthorizedOperation)/, "aws_forbidden"],
  [/^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|TimeoutError|ENETUNREACH)$/, "aws_unreachable"],
  [/^(?:Throttling|TooManyRequests|ServiceUnavailable|InternalFailure)/, "aws_unreachable"],
];

/** @param doing what was asked for, e.g. `ssm:PutParameter` */
export const awsFailure = (doing: string, error: unknown): HubError => {
  if (error instanceof HubError) return error;
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  const words = [code ?? "", name ?? ""];
  const found = CODES.find(([pattern]) => words.some((word) => pattern.test(word)));
  // What AWS says names roles and resources: nothing of it is a secret.
  const said = error instanceof Error ? error.message.split("\n", 1)[0] : "";
  return new HubError(found?.[1] ?? "internal_error", `${doing}: ${name ?? code ?? "failed"}: ${said}`, {
    retry: "later",
    cause: error,
  });
};

/** Asks AWS. @throws HubError aws_… */
export const asking = <Answer>(doing: string, answer: Promise<Answer>): Promise<Answer> =>
  answer.catch((error: unknown) => {
    throw awsFailure(doing, error);
  });
