import { afterAll, afterEach, describe, expect, it } from "vitest";
import figma from "../../connectors/figma/index.ts";
import { startSandbox } from "../../infra/sandbox/index.ts";
import type { Delivery } from "../../shared/connector/contract.ts";
import { testConnector } from "../contract/connector.ts";
import { called, openSite } from "./open-site.ts";

const receivedAt = new Date("2026-03-02T10:00:00.000Z");
const EVENT = {
  event_type: "DEV_MODE_STATUS_UPDATE",
  file_key: "Kj3mAbCdEfGh1234567890",
  node_id: "12:34",
  status: "READY_FOR_DEV",
  timestamp: "2026-03-02T09:59:58Z",
  webhook_id: "2250001",
};

testConnector(figma, {
  settings: { token: "unused", teams: ["118000000042"], webhookSecret: "passcode-fixture" },
  identity: (stream) => (stream === "files" ? "key" : "file_key"),
  webhook: { body: { ...EVENT, passcode: "passcode-fixture" }, unsigned: { body: EVENT }, receivedAt },
});

const sandbox = await startSandbox({ size: 60 });
afterAll(() => sandbox.stop());
afterEach(async () => {
  await sandbox.control({ do: "behave" });
  sandbox.reset();
});
const site = openSite(figma, sandbox);
const all = await site.everything();
const statusOf = (fields: object | undefined) =>
  (fields as { status?: { category: string } } | undefined)?.status?.category;

describe("the sandbox's Figma", () => {
  it("is read whole: every file, its part with the dev status, and who touched it", () => {
    const files = (all.get("files") ?? []).filter(({ kind }) => kind === "design");
    expect(files.length).toBeGreaterThan(10);
    expect(new Set(files.map(({ scopes }) => scopes[0]))).toEqual(new Set(["Storefront", "Insights", "Devkit"]));
    const carts = called(files, "Saved carts");
    expect(carts?.references).toEqual([{ alias: expect.stringMatching(/^ACME-\d+$/), place: "native" }]);
    expect(carts?.history).toHaveLength(2);
    expect((all.get("nodes") ?? []).map(({ fields }) => statusOf(fields))).toContain("ready_for_dev");
    expect((all.get("files") ?? []).some(({ kind }) => kind === "account")).toBe(true);
  });

  it("is read from where the last run ended: nothing, then the one file that changed", async () => {
    const first = await site.read("files");
    const cursor = first.at(-1)?.cursor;
    expect((await site.read("files", "", cursor)).flatMap(({ records }) => records)).toEqual([]);
    await sandbox.control({ do: "figma.edit", file: "Gift cards" });
    const again = await site.read("files", "", cursor);
    expect(
      again.flatMap(({ records }) => site.draftsOf("files", records)).filter(({ kind }) => kind === "design"),
    ).toMatchObject([{ fields: { name: "Gift cards" } }]);
  });

  it("loses no file when it resumes at any page's cursor", async () => {
    const small = openSite(figma, sandbox, { filesPerPage: 4 });
    const keys = (pages: readonly { readonly records: readonly unknown[] }[]) =>
      pages.flatMap(({ records }) => records.map((record) => (record as { key: string }).key));
    const pages = await small.read("files");
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, { cursor }] of pages.entries()) {
      const rest = await small.read("files", "", cursor);
      expect([...keys(pages.slice(0, index + 1)), ...keys(rest)]).toEqual(keys(pages));
    }
  });

  it("tells a design as changed after it was ready, until it is marked anew", async () => {
    const first = await site.read("files");
    const statusAfter = async (cursor: unknown) => {
      const pages = await site.read("files", "", cursor);
      const [node] = pages.flatMap(({ also }) => site.draftsOf("nodes", also?.["nodes"] ?? []));
      return { status: statusOf(node?.fields), cursor: pages.at(-1)?.cursor, id: node?.external.id };
    };
    await sandbox.control({ do: "figma.edit", file: "Saved carts", outside: true });
    const outside = await statusAfter(first.at(-1)?.cursor);
    expect(outside.status).toBe("ready_for_dev");
    await sandbox.control({ do: "figma.edit", file: "Saved carts" });
    const edited = await statusAfter(outside.cursor);
    expect(edited.status).toBe("changed_after_ready");
    expect((await site.reread("nodes", [edited.id ?? ""])).map(({ fields }) => statusOf(fields))).toEqual([
      "ready_for_dev",
    ]);
    await sandbox.control({ do: "figma.mark", file: "Saved carts", status: "NONE" });
    const unmarked = await statusAfter(edited.cursor);
    expect(unmarked.status).toBe("draft");
    await sandbox.control({ do: "figma.mark", file: "Saved carts", status: "READY_FOR_DEV" });
    expect((await statusAfter(unmarked.cursor)).status).toBe("ready_for_dev");
  });

  it("counts comments that move no time of the file when it is read again", async () => {
    const before = called(all.get("files"), "Saved carts");
    await sandbox.control({ do: "figma.comment", file: "Saved carts", text: "secret words" });
    const [after] = await site.reread("files", [before?.external.id ?? ""]);
    const { commentsOpen = Number.NaN } = (before?.fields ?? {}) as { commentsOpen?: number };
    expect(after?.fields).toMatchObject({ commentsOpen: commentsOpen + 1 });
    expect((after?.updatedAt ?? "") > (before?.updatedAt ?? "")).toBe(true);
    expect(
      JSON.stringify(await figma.streams["files"]?.reread?.(site.context() as never, [before?.external.id ?? ""])),
    ).not.toContain("secret words");
  });

  it("leaves out a file that was deleted, and its census no longer names it", async () => {
    const census = figma.streams["files"]?.census;
    const count = async () => (await Array.fromAsync(census?.ids(site.context() as never, "") ?? [])).flat().length;
    const before = await count();
    const key = called(all.get("files"), "Saved carts")?.external.id ?? "";
    await sandbox.control({ do: "figma.delete", file: "Saved carts" });
    expect(await site.reread("files", [key])).toEqual([]);
    expect(await count()).toBe(before - 1);
  });

  it("names the missing scope, tells a refused token from it, and waits when it is told to", async () => {
    const refusing = openSite(figma, sandbox, { token: "figd_other" });
    await expect(refusing.read("files")).rejects.toMatchObject({ code: "vendor_auth_expired" });
    await sandbox.control({ do: "misbehave", vendor: "figma", how: "forbidden", path: "/comments" });
    await expect(site.read("files")).rejects.toMatchObject({ code: "vendor_forbidden" });
    await sandbox.control({ do: "behave" });
    await sandbox.control({ do: "misbehave", vendor: "figma", how: "rate_limited", seconds: 1 });
    expect((await site.read("files")).length).toBeGreaterThan(0);
  });

  it("sets up one webhook for each event of a team, and changes it", async () => {
    const setup = figma.webhook?.setup;
    const context = site.context() as never;
    const scopes = setup?.scopes?.(site.config as never) ?? [];
    expect(scopes).toHaveLength(4);
    const made = await setup?.create(context, scopes[0] ?? "", {
      url: "https://hub.acme.example/hooks/figma",
      secret: "p1",
    });
    expect(await setup?.list(context, scopes[0] ?? "")).toEqual([made]);
    expect(await setup?.list(context, scopes[1] ?? "")).toEqual([]);
    await setup?.update?.(context, scopes[0] ?? "", made?.id ?? "", {
      url: "https://hub.acme.example/other",
      secret: "p2",
    });
    expect(await setup?.list(context, scopes[0] ?? "")).toMatchObject([{ url: "https://hub.acme.example/other" }]);
  });
});

describe("a webhook of Figma", () => {
  const deliver = (body: unknown): Delivery => ({
    headers: new Headers(),
    body: new TextEncoder().encode(JSON.stringify(body)),
    receivedAt,
  });
  const config = figma.config.parse({ token: "t", teams: ["1"], webhookSecret: "right" });

  it("asks for the part and its file, and nothing for a ping or a deletion", () => {
    const told = (body: unknown) => figma.webhook?.records(body, new Headers(), config);
    expect(told(EVENT)).toEqual([
      { stream: "nodes", reread: "Kj3mAbCdEfGh1234567890:12:34" },
      { stream: "files", reread: "Kj3mAbCdEfGh1234567890" },
    ]);
    expect(told({ event_type: "PING", passcode: "right" })).toEqual([]);
    expect(told({ ...EVENT, event_type: "FILE_DELETE" })).toEqual([]);
  });

  it("is refused with a passcode that is no text, another one, or longer", () => {
    for (const passcode of [undefined, null, 7, ["right"], { right: 1 }, "", "wrong", "right "]) {
      expect(() => figma.webhook?.signature.verify(deliver({ ...EVENT, passcode }), config)).toThrow(
        "signature rejected",
      );
    }
    expect(() => figma.webhook?.signature.verify(deliver({ ...EVENT, passcode: "right" }), config)).not.toThrow();
  });

  it("has the same delivery id when it is sent again, and another for another time", () => {
    const idOf = (body: object) => figma.webhook?.deliveryId(deliver(body));
    expect(idOf({ ...EVENT, passcode: "a" })).toBe(idOf({ ...EVENT, passcode: "b" }));
    expect(idOf(EVENT)).not.toBe(idOf({ ...EVENT, timestamp: "2026-03-02T10:00:00Z" }));
  });
});
