import examples from "@octokit/webhooks-examples" with { type: "json" };
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import github from "../../connectors/github/index.ts";
import { handler } from "../../functions/receive-webhook.ts";
import { endless } from "../../infra/local/pumps.ts";
import type { Connector } from "../../shared/connector/contract.ts";
import { useHub } from "../../shared/platform/current.ts";
import { openPipeline } from "../pipeline/open-pipeline.ts";

const config = github.config.parse({
  token: "t",
  repos: ["Codertocat/Hello-World"],
  webhookSecret: "octokit-examples",
});
const open = openPipeline({ connector: github as Connector, config });
useHub(open.hub("one"));

/** As API Gateway hands it over: payload format 2.0, the body in base64. */
const post = async (event: string, body: Buffer, signature: string): Promise<number> => {
  const result = await handler(
    {
      version: "2.0",
      routeKey: "$default",
      rawPath: "/hooks/acme",
      rawQueryString: "",
      headers: {
        host: "hub.example",
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": `${event}-${body.byteLength}`,
        "x-hub-signature-256": signature,
      },
      requestContext: {
        accountId: "1",
        apiId: "1",
        authentication: null,
        authorizer: {},
        domainName: "hub.example",
        domainPrefix: "hub",
        http: {
          method: "POST",
          path: "/hooks/acme",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
          userAgent: "GitHub-Hookshot",
        },
        requestId: "1",
        routeKey: "$default",
        stage: "$default",
        time: "",
        timeEpoch: 0,
      },
      isBase64Encoded: true,
      body: body.toString("base64"),
    },
    endless,
  );
  return result.statusCode;
};

const Examples = z.array(z.looseObject({ name: z.string(), examples: z.array(z.unknown()) }));
const payloads = Examples.parse(examples).flatMap(({ name, examples: bodies }) =>
  bodies.map((body) => ({ name, body: Buffer.from(JSON.stringify(body)) })),
);

describe("the receiver", { timeout: 120_000 }, () => {
  afterAll(() => open[Symbol.dispose]());

  it("takes every real GitHub payload that is signed, and refuses each with one bit changed", async () => {
    let refused = 0;
    for (const [index, { name, body }] of payloads.entries()) {
      const signature = github.webhook?.signature.sign(body, config, new Date())["x-hub-signature-256"] ?? "";
      expect(await post(name, body, signature), name).toBe(202);
      const bit = (index * 7919) % (body.byteLength * 8);
      const tampered = Buffer.from(body);
      tampered[bit >> 3] = (tampered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if ((await post(name, tampered, signature)) === 401) refused += 1;
    }
    process.stdout.write(
      `${payloads.length} real GitHub payloads taken signed, ${refused} refused with one bit changed\n`,
    );
    expect(refused).toBe(payloads.length);
    expect((await open.consumers.inbox.depth()).waiting).toBe(payloads.length);
  });
});
