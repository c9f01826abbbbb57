import { ROLES, type Role, SCOPES, type Scope } from "../../domain/role.ts";
import type { Grant } from "../../store/access.ts";

export { ROLE_NAMES, ROLES, type Role, SCOPES, type Scope } from "../../domain/role.ts";

/** What a grant allows. Words that this version does not know allow nothing. */
export const scopesOf = ({ role, scopes }: Pick<Grant, "role" | "scopes">): readonly Scope[] =>
  role !== undefined && Object.hasOwn(ROLES, role)
    ? ROLES[role as Role]
    : SCOPES.filter((scope) => scopes?.includes(scope) === true);
