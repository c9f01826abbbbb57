import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import hubspot from "../../connectors/hubspot/index.ts";

const FILE = new URL("../../../shared/data/recorded/_signatures/vectors.json", import.meta.url);
const present = existsSync(FILE);
if (!present) process.stdout.write("skipped: the vendors' signature vectors are not beside this checkout\n");

interface Vector {
  readonly vendor: string;
  readonly scheme: string;
  readonly secret: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly now?: number;
}
const vectors = present ? (JSON.parse(readFileSync(FILE, "utf8")) as Vector[]) : [];

describe.skipIf(!present)("a published signature of HubSpot", () => {
  const vector = vectors.find(({ vendor, scheme }) => vendor === "hubspot" && scheme.startsWith("v3"));
  const { signature } = hubspot.webhook ?? {};
  const config = (webhookSecret: string) => hubspot.config.parse({ accessToken: "t", webhookSecret });
  const delivery = (change: Partial<{ body: string; url: string; seconds: number }> = {}) => ({
    headers: new Headers(vector?.headers),
    body: new TextEncoder().encode(change.body ?? vector?.body),
    url: change.url ?? vector?.url,
    receivedAt: new Date(((vector?.now ?? 0) + (change.seconds ?? 0)) * 1000),
  });
  const verify = (one: ReturnType<typeof delivery>, secret = vector?.secret ?? "") =>
    signature?.verify(one, config(secret));

  it("is accepted", () => {
    expect(vector).toBeDefined();
    expect(() => verify(delivery())).not.toThrow();
  });

  it.each([
    ["another body", { body: "{}" }],
    ["another address", { url: "https://www.example.com/other" }],
    ["five minutes and a second later", { seconds: 301 }],
  ])("is refused with %s", (_, change) => {
    expect(() => verify(delivery(change))).toThrow("webhook signature rejected");
  });

  it("is refused under another secret", () => {
    expect(() => verify(delivery(), "another")).toThrow("digest differs");
  });
});
