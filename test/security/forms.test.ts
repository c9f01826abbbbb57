import { beforeAll, describe, expect, it } from "vitest";
import { acts } from "../../shared/store/audit.ts";
import { sampleReports } from "../web/sample-reports.ts";
import { type Identities, twoProducts } from "./two-products.ts";

type Who = keyof Identities;

/** Forms of pages with who may send each, of all who see what it is about. Written here, not read from the hub. */
const FORMS: readonly {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly may: readonly Who[];
  readonly mayNot: readonly Who[];
  /** What the audit log has afterwards, by whom it was let. */
  readonly act: string | undefined;
}[] = [
  { path: "/reports/weekly", fields: { does: "run" }, may: ["pm", "admin"], mayNot: ["engineer"], act: "report.run" },
  {
    path: "/reports/weekly",
    fields: { does: "test", to: "ana@acme.example" },
    may: ["admin"],
    mayNot: ["engineer"],
    act: "report.test",
  },
  ...(["sync", "check", "replay"] as const).map((does) => ({
    path: "/connections/alpha-code",
    fields: { does },
    may: ["engineer of A", "engineer", "admin"] as const,
    mayNot: ["viewer of A", "pm", "po of A"] as const,
    act: undefined,
  })),
  {
    path: "/connections/alpha-code",
    fields: { does: "replay_letter", letter: "2026-11-01.qua_alpha-code" },
    may: ["engineer of A", "engineer"],
    mayNot: ["viewer of A", "pm", "po of A"],
    act: "dead_letter.replay",
  },
  {
    path: "/connections/alpha-code",
    fields: { does: "discard_letter", letter: "2026-11-01.qua_alpha-code" },
    may: ["engineer of A"],
    mayNot: ["viewer of A", "pm", "po of A"],
    act: "dead_letter.discard",
  },
];

describe("T15 forms of pages", () => {
  let hub: Awaited<ReturnType<typeof twoProducts>>;
  const asked: string[] = [];
  beforeAll(async () => {
    hub = await twoProducts({
      ask: async ({ connection, what }) => void asked.push(`${what} ${connection}`),
      reports: sampleReports,
    });
  });

  const ask = (who: Who, address: string, body?: string) =>
    hub.app.request(address, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        Authorization: `Bearer ${hub.tokens[who]}`,
        ...(body !== undefined && { "Content-Type": "application/x-www-form-urlencoded" }),
      },
      ...(body !== undefined && { body }),
    });
  /** The token that pages carry for them. */
  const tokenFor = async (who: Who): Promise<string> =>
    /name="form_token" value="([^"]+)"/.exec(await (await ask(who, "/me")).text())?.[1] ?? "";
  const send = async (who: Who, path: string, fields: Readonly<Record<string, string>>, form_token: string) =>
    (await ask(who, path, new URLSearchParams({ ...fields, form_token }).toString())).status;
  const done = async (): Promise<string[]> => [
    ...(await acts(hub.deps.table, undefined, 50)).items.map(({ act }) => act),
    ...asked,
  ];

  it.each(FORMS)("$path $fields.does: only for its roles, only with the page's own token", async (form) => {
    const { path, fields, may, mayNot, act } = form;
    const before = (await done()).length;
    for (const who of mayNot) expect([who, await send(who, path, fields, await tokenFor(who))]).toEqual([who, 403]);
    const [first, ...rest] = may;
    if (first === undefined) throw new Error("nobody may send it");
    for (const stolen of ["", "x", await tokenFor("viewer of B")])
      expect([stolen, await send(first, path, fields, stolen)]).toEqual([stolen, 403]);
    expect(await done()).toHaveLength(before);
    for (const who of [first, ...rest])
      expect([who, await send(who, path, fields, await tokenFor(who))]).toEqual([who, 303]);
    const after = await done();
    expect(after.length).toBeGreaterThan(before);
    if (act !== undefined) expect(after.filter((one) => one === act)).toHaveLength(may.length);
    else expect(after.filter((one) => one === `${fields["does"]} alpha-code`)).toHaveLength(may.length);
  });

  it("finds nothing outside of somebody's products, whatever their role", async () => {
    const letter = { does: "discard_letter", letter: "2026-11-01.qua_jira" };
    const token = await tokenFor("engineer of A");
    const before = (await done()).length;
    // A connection that feeds B too is none of A's alone, and the report tells of all products.
    expect(await send("engineer of A", "/connections/jira", letter, token)).toBe(404);
    expect(await send("engineer of A", "/connections/canb-code", { does: "sync" }, token)).toBe(404);
    expect(await send("po of A", "/reports/weekly", { does: "run" }, await tokenFor("po of A"))).toBe(404);
    expect(await done()).toHaveLength(before);
  });
});
