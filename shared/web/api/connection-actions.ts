import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import type { AskedOfConnection } from "../web-deps.ts";
import { action } from "./action.ts";
import type { Route } from "./route.ts";

const TakenJson = z
  .object({
    connectionId: z.string(),
    asked: z.enum(["sync", "replay", "check"]),
    askedAt: z.string(),
    runsUrl: z.string().describe("Where the runs of its streams can be followed."),
  })
  .meta({ id: "Taken" });

const asking = <Body extends z.ZodObject>(what: AskedOfConnection["what"], summary: string, takes?: Body): Route =>
  action({
    id: `${what}_connection`,
    method: "POST",
    tag: "Connections",
    scope: "connections:operate",
    path: `/v1/connections/{id}/${what}`,
    summary,
    pathParameters: { id: "Name or id of a connection." },
    ...(takes !== undefined && { takes }),
    gives: TakenJson,
    status: 202,
    act: async ({ deps, id, sent }) => {
      const connection = await deps.views.connection(id);
      if (connection === undefined) return undefined;
      if (deps.ask === undefined) throw new HubError("internal_error", "nothing takes jobs here", { retry: "never" });
      const { full } = sent as { readonly full?: boolean | undefined };
      await deps.ask({ connection: connection.name, what, ...(full !== undefined && { full }) });
      const location = `/v1/connections/${encodeURIComponent(connection.name)}/runs`;
      return {
        body: {
          connectionId: connection.id,
          asked: what,
          askedAt: deps.now().toISOString(),
          runsUrl: `${deps.url()}${location}`,
        },
        location,
      };
    },
  });

export const CONNECTION_ACTIONS: readonly Route[] = [
  asking(
    "sync",
    "Reads the tool now. The answer comes before the reading.",
    z.object({ full: z.boolean().optional().describe("True: from the beginning, not only what changed.") }),
  ),
  asking("replay", "Reads the archive of the connection again, as today's config maps it; the tool is not asked."),
  asking("check", "Compares what the tool lists with what the hub holds: the next census, now."),
];
