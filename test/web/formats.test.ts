import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { corpusRows } from "../connector/corpus.ts";
import { sampleApp, sampleFeature, sampleHub } from "./sample-hub.ts";

const hub = sampleHub(2);
const app = sampleApp(hub);
const get = async (path: string, on = app) => {
  const response = await on.request(path);
  return { response, text: await response.text() };
};
const rowsOf = (text: string) =>
  parse(text, { columns: true, bom: true, record_delimiter: "\r\n" }) as Record<string, string | undefined>[];

/** A hub of one feature of that name. */
const named = (name: string) => sampleApp({ ...hub, features: [sampleFeature(1, "testing", { name, key: "X-1" })] });

describe("a list as a spreadsheet reads it", () => {
  it("has the rows, the order and the filters of the list, with nested parts as columns", async () => {
    const { response, text } = await get("/v1/features.csv?stage=testing,design");
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="list_features.csv"');
    const listed = JSON.parse((await get("/v1/features?stage=testing,design")).text) as {
      data: { id: string; stage: string; health: { value: string }; product_ids: string[] }[];
    };
    expect(rowsOf(text).map((row) => [row["id"], row["stage"], row["health.value"], row["product_ids"]])).toEqual(
      listed.data.map(({ id, stage, health, product_ids }) => [id, stage, health.value, product_ids.join("; ")]),
    );
    expect(listed.data).toHaveLength(4);
  });

  it("has its line of names also when nothing fits, and only the columns that are asked for", async () => {
    expect((await get("/v1/features.csv?q=nothing&fields=id,name")).text).toBe("id,name\r\n");
    expect((await get("/v1/features.csv?limit=1&fields=id,stage")).text.split("\r\n")[0]).toBe("id,stage");
  });

  it("leads on in pages, in the same format", async () => {
    const { response } = await get("/v1/features.csv?limit=10");
    const next = /<http:\/\/localhost:4100(.+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1] ?? "";
    expect(next).toMatch(/^\/v1\/features\.csv\?/);
    expect(rowsOf((await get(next)).text)).toHaveLength(6);
  });

  it("begins with a byte order mark only where a browser asked for it", async () => {
    const bytes = async (path: string) => [
      ...new Uint8Array(await (await app.request(path)).arrayBuffer()).slice(0, 3),
    ];
    expect(await bytes("/v1/features.csv?bom=1")).toEqual([0xef, 0xbb, 0xbf]);
    expect(await bytes("/v1/features.csv")).not.toEqual([0xef, 0xbb, 0xbf]);
    expect((await get("/v1/features?bom=1")).response.status).toBe(400);
    const page = await app.request("/people.csv?state=confirmed");
    expect(page.headers.get("location")).toBe("/v1/people.csv?state=confirmed&bom=1");
  });

  it("says what a list says too: who has it gets 304, what is wrong is a problem", async () => {
    const { response } = await get("/v1/work-items.csv");
    const again = await app.request("/v1/work-items.csv", {
      headers: { "If-None-Match": response.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
    expect(response.headers.get("etag")).not.toBe((await get("/v1/work-items")).response.headers.get("etag"));
    const wrong = await get("/v1/features.csv?helth=x");
    expect([wrong.response.status, JSON.parse(wrong.text).code]).toEqual([400, "unknown_parameter"]);
  });

  it.each([
    "=1+1",
    "+1",
    "-1",
    "@x",
    " =1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\u0000=1",
    "＝1",
    "'=1",
    "a,b",
    'a "b"',
    "a\r\nb",
  ])("keeps %j a text", async (name) => {
    const [row] = rowsOf((await get("/v1/features/X-1.csv", named(name))).text);
    expect(row?.["name"]).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
    expect(row?.["name"]).not.toMatch(/\p{Cc}/u);
    expect(row?.["name"]?.replace(/^'/, "").trim()).toBe(
      name
        .replace(/^'/, "")
        .replace(/\p{Cc}+/gu, " ")
        .trim(),
    );
  });

  it("runs no formula of the corpus", async () => {
    const formulas = corpusRows<{ s: string }>("csv.formula.jsonl");
    const features = formulas.map(({ s }, n) => sampleFeature(n + 1, "testing", { name: s }));
    const { text } = await get("/v1/features.csv?limit=200&fields=name", sampleApp({ ...hub, features }));
    const cells = rowsOf(text).map((row) => row["name"] ?? "");
    process.stdout.write(`${cells.length} formulas written into cells\n`);
    expect(cells).toHaveLength(formulas.length);
    expect(cells.filter((cell) => /^\s*[=+\-@＝＋－＠\t\r]/.test(cell))).toEqual([]);
  });
});

describe("a list as people read it", () => {
  it("is a table in Markdown, with the rows of the list", async () => {
    const { response, text } = await get("/v1/features.md?fields=key,name,stage&stage=testing");
    expect(response.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(text.split("\n").slice(0, 3)).toEqual([
      "| key | name | stage |",
      "| --- | --- | --- |",
      expect.stringMatching(/^\| ACME-\d+ \| .+ \| testing \|$/),
    ]);
  });

  it("tells one thing line by line", async () => {
    const { text } = await get("/v1/features/ACME-1.md?fields=key,name,stage");
    expect(text).toMatch(/^# ACME-1 /);
    expect(text).toContain("- **stage**: vision");
    expect((await get("/v1/features/ACME-1.md")).text).toContain("- Stage: **Vision**");
    expect((await app.request("/connections/jira.md")).headers.get("location")).toBe("/v1/connections/jira.md");
    expect((await get("/v1/features/NONE-1.md")).response.status).toBe(404);
  });

  it("keeps markup, rows, links and names of people that somebody wrote, as text", async () => {
    const name = "<script>x</script> [a](javascript:b) | `c` @all https://evil.example\n# d";
    const { text } = await get("/v1/features.md?fields=name", named(name));
    const [, , row = "", ...rest] = text.split("\n");
    expect(rest).toEqual([""]);
    expect(row).toBe(
      "| &lt;script&gt;x&lt;/script&gt; \\[a\\](javascript:b) \\| \\`c\\` &#64;all https:&#47;/evil.example \\# d |",
    );
  });
});
