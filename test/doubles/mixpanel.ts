import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { bodyOf } from "./body-of.ts";
import { loopbackCertificate } from "./certificate.ts";

export interface Imported {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}
interface Annotation {
  readonly id: number;
  readonly date: string;
  readonly description: string;
}

/**
 * Mixpanel over https: `/import` as the package sends it (form of base64, service account), keeping one event for each
 * `$insert_id`, and annotations of a project.
 */
export const startMixpanel = async (account: {
  readonly username: string;
  readonly secret: string;
  readonly projectId: string;
}) => {
  const { key, cert } = loopbackCertificate();
  const trusted = getCACertificates("default");
  setDefaultCACertificates([...trusted, cert]);
  const events = new Map<unknown, Imported>();
  const annotations: Annotation[] = [];
  const imports: number[] = [];
  /** Answers in place of the own one, the first first. */
  const answers: { readonly status: number; readonly body: string }[] = [];
  const authorization = `Basic ${Buffer.from(`${account.username}:${account.secret}`).toString("base64")}`;

  const importOf = (form: string): { status: number; body: string } => {
    const given = answers.shift();
    if (given !== undefined) return given;
    const list = JSON.parse(Buffer.from(form.replace(/^data=/, ""), "base64").toString()) as Imported[];
    imports.push(list.length);
    const failed = list.flatMap(({ properties }, index) => {
      const { time, distinct_id, $insert_id } = properties;
      const isValid =
        typeof time === "number" &&
        distinct_id === "" &&
        /^[A-Za-z0-9-]{1,36}$/.test(String($insert_id)) &&
        Object.keys(properties).length < 255 &&
        Object.values(properties).every((value) => Array.isArray(value) || typeof value !== "object");
      return isValid ? [] : [{ index, $insert_id }];
    });
    for (const one of list)
      if (!failed.some(({ $insert_id }) => $insert_id === one.properties["$insert_id"]))
        events.set(one.properties["$insert_id"], one);
    return failed.length === 0
      ? { status: 200, body: "1" }
      : {
          status: 400,
          body: JSON.stringify({ code: 400, error: "some data points failed validation", failed_records: failed }),
        };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "https://mixpanel.example");
    const body = await bodyOf(request);
    const send = (status: number, text: string) => response.writeHead(status, { connection: "close" }).end(text);
    if (request.headers.authorization !== authorization) {
      send(401, JSON.stringify({ code: 401, error: "Unauthorized", status: "Unauthorized" }));
    } else if (url.pathname === "/import" && url.searchParams.get("project_id") === account.projectId) {
      const { status, body: told } = importOf(decodeURIComponent(body));
      send(status, told);
    } else if (url.pathname === `/api/app/projects/${account.projectId}/annotations`) {
      if (request.method === "POST") {
        annotations.push({ id: annotations.length + 1, ...(JSON.parse(body) as Omit<Annotation, "id">) });
        send(200, JSON.stringify({ status: "ok", results: annotations.at(-1) }));
        return;
      }
      const [from, to] = ["fromDate", "toDate"].map((name) => url.searchParams.get(name) ?? "");
      const results = annotations.filter(
        ({ date }) => date.slice(0, 10) >= (from ?? "") && date.slice(0, 10) <= (to ?? ""),
      );
      send(200, JSON.stringify({ status: "ok", results }));
    } else send(404, "{}");
  };
  const server = createServer({ key, cert }, (request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `https://localhost:${(server.address() as AddressInfo).port}`,
    events: () => [...events.values()],
    annotations,
    /** How many events each import had. */
    imports,
    answers,
    async stop() {
      setDefaultCACertificates(trusted);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
