/** Whether an address is asked for by programs, which are told of failures as JSON. */
export const forMachines = (path: string): boolean =>
  path === "/v1" ||
  path.startsWith("/v1/") ||
  path === "/openapi.json" ||
  path === "/healthz" ||
  path === "/metrics" ||
  path.startsWith("/.well-known/");

/** Whether the API alone answers an address as the whole app does: files of reports are drawn as pages are. */
export const isApiAlone = (path: string): boolean => forMachines(path) && !path.startsWith("/v1/reports");
