declare module "dynalite" {
  import type { Server } from "node:http";

  /** DynamoDB's wire protocol over memory. */
  const dynalite: (options: { readonly createTableMs?: number; readonly maxItemSizeKb?: number }) => Server;
  export default dynalite;
}
