import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { receive } from "../shared/pipeline/receive.ts";
import { hub } from "../shared/platform/current.ts";
import { refuse } from "../shared/platform/refuse.ts";

/** As the vendor called it, whatever stands between it and us. */
const publicUrl = (base: string, { pathname, search }: URL): string => `${base}${pathname}${search}`;

const app = new Hono().post("/hooks/:connection", async (c) => {
  const body = new Uint8Array(await c.req.arrayBuffer());
  const answer = await receive(hub(), c.req.param("connection"), {
    headers: c.req.raw.headers,
    body,
    url: publicUrl(hub().url, new URL(c.req.url)),
    receivedAt: hub().ports.clock.now(),
  });
  return answer === undefined ? c.body(null, 202) : c.text(answer);
});

// Some vendors look whether anybody is there before they take an address.
app.get("/hooks/:connection", async (c) => c.body(null, (await hub().connection(c.req.param("connection"))) && 200));

app.onError(refuse);

/** POST /hooks/{connection}: verify the vendor's signature, keep and queue the bytes, answer 202, or what the vendor asks for. */
export const handler = handle(app);
