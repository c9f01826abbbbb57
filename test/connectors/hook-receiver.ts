import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Delivery } from "../../shared/connector/contract.ts";

/** Takes a vendor's webhooks as the hub would get them: raw bytes and headers, in order. */
export const startReceiver = async () => {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    deliveries.push({
      headers: new Headers(request.headers as Record<string, string>),
      body: new Uint8Array(Buffer.concat(chunks)),
      receivedAt: new Date(),
    });
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    deliveries,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
