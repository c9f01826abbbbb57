import { describe, expect, it } from "vitest";
import { openCursor, sealCursor } from "../../shared/web/api/cursor.ts";
import { NOW, sampleApp, sampleHub } from "./sample-hub.ts";

const KEY = new Uint8Array(32).fill(7);
const SCOPE = { route: "list_features", filters: { stage: ["testing", "design"], q: undefined } };
const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly next_cursor: string | null;
}

describe("T17 a cursor", () => {
  const cursor = sealCursor(KEY, SCOPE, "ftr_9", NOW);

  it("leads back to its place, whatever the order of the filters", () => {
    const same = { route: "list_features", filters: { stage: ["design", "testing"] } };
    expect(openCursor(KEY, same, cursor, later(23.9))).toBe("ftr_9");
  });

  it("is refused a day later", () => {
    expect(() => openCursor(KEY, SCOPE, cursor, later(24))).toThrow(
      expect.objectContaining({ code: "cursor_expired" }),
    );
  });

  it("is the same for all who ask within a minute, and lives as long as it says from the last of them", () => {
    const [first, last, next] = [1, 60, 61].map((seconds) =>
      sealCursor(KEY, SCOPE, "ftr_9", new Date(NOW.getTime() + seconds * 1000)),
    );
    expect(last).toBe(first);
    expect(next).not.toBe(first);
    expect(openCursor(KEY, SCOPE, last ?? "", later(24))).toBe("ftr_9");
  });

  it("is refused in another list or with other filters", () => {
    const others = [
      { ...SCOPE, route: "list_work_items" },
      { ...SCOPE, filters: {} },
      { ...SCOPE, filters: { stage: ["testing"] } },
    ];
    for (const other of others)
      expect(() => openCursor(KEY, other, cursor, NOW)).toThrow(
        expect.objectContaining({ code: "cursor_filter_mismatch" }),
      );
  });

  it("is refused once any bit of it is flipped", () => {
    const bytes = Buffer.from(cursor, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => openCursor(KEY, SCOPE, changed.toString("base64url"), NOW)).toThrow(
        expect.objectContaining({ code: "cursor_invalid" }),
      );
    }
  });

  it("is refused once any letter of it is another, or it is longer or shorter", () => {
    const spellings = [...cursor].map(
      (letter, place) => cursor.slice(0, place) + (letter === "A" ? "B" : "A") + cursor.slice(place + 1),
    );
    for (const other of [...spellings, `${cursor}=`, `${cursor} `, cursor.slice(0, -1), "", "AAAA"])
      expect(() => openCursor(KEY, SCOPE, other, NOW)).toThrow(expect.objectContaining({ code: "cursor_invalid" }));
  });

  it("of another key is refused", () => {
    expect(() => openCursor(new Uint8Array(32), SCOPE, cursor, NOW)).toThrow(
      expect.objectContaining({ code: "cursor_invalid" }),
    );
  });
});

describe("a walk over a list", () => {
  const shown = sampleHub(23);
  const app = sampleApp(shown);

  it("sees every feature once, and follows Link as well as next_cursor", async () => {
    const wanted = shown.features.filter(({ health }) => health.value === "on_track" || health.value === "at_risk");
    const seen: string[] = [];
    let address: string | undefined = "/v1/features?limit=50&health=on_track,at_risk";
    while (address !== undefined) {
      const response: Response = await app.request(address);
      const { data, next_cursor } = (await response.json()) as Page;
      seen.push(...data.map(({ id }) => id));
      const link = /^<(.+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
      expect(link === undefined).toBe(next_cursor === null);
      if (link !== undefined) expect(new URL(link).searchParams.get("cursor")).toBe(next_cursor);
      address = link;
    }
    expect(seen.length).toBe(new Set(seen).size);
    expect(seen).toEqual(wanted.map(({ id }) => id));
  });

  it("is stopped when the filters change on the way", async () => {
    const { next_cursor } = (await (await app.request("/v1/features?limit=5&stage=testing")).json()) as Page;
    const response = await app.request(`/v1/features?limit=5&stage=design&cursor=${next_cursor}`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      400,
      "cursor_filter_mismatch",
    ]);
    expect((await app.request(`/v1/features?limit=9&stage=testing&cursor=${next_cursor}`)).status).toBe(200);
  });

  it("is told what is wrong with an address however often it was asked rightly before", async () => {
    const { next_cursor } = (await (await app.request("/v1/features?limit=5&stage=testing")).json()) as Page;
    const good = `/v1/features?limit=5&stage=testing&cursor=${next_cursor}`;
    const wrong = [
      `${good}&cursor=${next_cursor}`,
      `${good}&%63ursor=${next_cursor}`,
      `${good}&cursor=`,
      `${good}&limit=5`,
    ];
    for (let time = 0; time < 2; time++) {
      expect((await app.request(good)).status).toBe(200);
      for (const address of wrong) expect((await app.request(address)).status, address).toBe(400);
    }
    const pages = await Promise.all(
      [good, good.replace("cursor", "%63ursor"), "/v1/features?limit=5&stage=testing"].map(async (address) =>
        ((await (await app.request(address)).json()) as Page).data.map(({ id }) => id),
      ),
    );
    expect(pages[1]).toEqual(pages[0]);
    expect(pages[2]).not.toEqual(pages[0]);
  });

  it("belongs to one feature's timeline only", async () => {
    const { next_cursor } = (await (await app.request("/v1/features/ACME-8/timeline?limit=5")).json()) as Page;
    expect((await app.request(`/v1/features/ACME-8/timeline?cursor=${next_cursor}`)).status).toBe(200);
    expect((await app.request(`/v1/features/ACME-9/timeline?cursor=${next_cursor}`)).status).toBe(400);
  });
});
