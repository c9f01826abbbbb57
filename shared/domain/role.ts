/** What an identity may do; a route names the one that it asks for, and there is no route without. */
export const SCOPES = [
  "status:read",
  "features:read",
  "features:write",
  "reports:read",
  "reports:run",
  "connections:read",
  "connections:operate",
  "events:read",
  "webhooks:write",
  "keys:write",
  "shares:write",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

const READS = SCOPES.filter((scope) => scope.endsWith(":read"));

/** The roles of people, each with what it may do. `admin` may do everything. */
export const ROLES = {
  viewer: ["status:read", "features:read", "reports:read"],
  pm: [...READS, "features:write", "reports:run", "shares:write"],
  po: [...READS, "features:write", "reports:run", "shares:write"],
  engineer: [...READS, "connections:operate", "webhooks:write", "keys:write"],
  admin: SCOPES,
} as const satisfies Readonly<Record<string, readonly Scope[]>>;
export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as [Role, ...Role[]];
