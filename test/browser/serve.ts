import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { sampleApp } from "../web/sample-hub.ts";

export interface Served {
  readonly url: string;
  close(): void;
}

/** An app over HTTP on a free port of this machine. */
export const serve = async (app: ReturnType<typeof sampleApp>): Promise<Served> => {
  const server = createServer((asked, answer) => {
    const work = async () => {
      const { method = "GET", headers } = asked;
      const body = method === "GET" || method === "HEAD" ? undefined : await buffer(asked);
      const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
      const url = `http://${headers.host}${asked.url}`;
      const response = await app.request(url, { method, headers: given, ...(body && { body }) });
      const cookies = response.headers.getSetCookie();
      answer.writeHead(response.status, {
        ...Object.fromEntries(response.headers),
        ...(cookies.length > 0 && { "set-cookie": cookies }),
      });
      answer.end(Buffer.from(await response.arrayBuffer()));
    };
    work().catch((error: unknown) => answer.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
