import * as z from "zod";
import { HubError } from "../../connector/errors.ts";
import type { ConnectionView } from "../../store/views.ts";
import type { AskedOfConnection, WebDeps } from "../web-deps.ts";
import { action } from "./action.ts";
import type { Route } from "./route.ts";

export const TakenJson = z
  .object({
    connectionId: z.string(),
    asked: z.enum(["sync", "replay", "check"]),
    askedAt: z.string(),
    runsUrl: z.string().describe("Where the runs of its streams can be followed."),
  })
  .meta({ id: "Taken" });

/** What is said of work that was taken. */
export const taken = (
  { url, now }: Pick<WebDeps, "url" | "now">,
  { id, name }: Pick<ConnectionView, "id" | "name">,
  asked: AskedOfConnection["what"],
) => {
  const location = `/v1/connections/${encodeURIComponent(name)}/runs`;
  return {
    body: { connectionId: id, asked, askedAt: now().toISOString(), runsUrl: `${url()}${location}` },
    location,
  };
};

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
      return taken(deps, connection, what);
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
