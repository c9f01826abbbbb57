import { handle } from "hono/aws-lambda";
import { hub } from "../shared/platform/current.ts";
import { webOf } from "../shared/platform/web.ts";

const app = webOf(hub);

/** Everything that people and programs ask for: API, dashboard, documents. */
export const handler = handle(app);
