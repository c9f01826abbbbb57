import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { connectors } from "../connectors/index.ts";
import { COMMANDS } from "../infra/cli/main.ts";
import { connectorIds } from "../infra/tools/connector-index.ts";
import { generatedFiles, staleFiles } from "../infra/tools/generated-files.ts";
import { ERRORS } from "../shared/connector/errors.ts";
import { EVENTS } from "../shared/domain/event.ts";
import { parseHubConfig } from "../shared/platform/config.ts";
import { connectionProblems } from "../shared/platform/connections.ts";
import type { HubConfig } from "../shared/platform/define-hub.ts";
import { ROUTES } from "../shared/web/api/routes.ts";
import { filesBelow, importsIn, packageOf, ROOT, textOf } from "./source-files.ts";

const PAGES = filesBelow("*.md", "{docs,connectors,infra}/**/*.md");
const manifest = JSON.parse(textOf("package.json")) as {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const dependencies = { ...manifest.dependencies, ...manifest.devDependencies };

/** Fenced blocks of a language, with where they stand. */
const blocksOf = (language: string): { at: string; page: string; code: string }[] =>
  PAGES.flatMap((page) =>
    [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => ({
      at: `${page}:${textOf(page).slice(0, match.index).split("\n").length}`,
      page,
      code: match[1] ?? "",
    })),
  );

describe("generated files", () => {
  it("are current: npm run gen", async () => {
    expect(staleFiles(ROOT, await generatedFiles(ROOT))).toEqual([]);
  });

  it("come out alike each time", async () => {
    expect([...(await generatedFiles(ROOT))]).toEqual([...(await generatedFiles(ROOT))]);
  });

  it.each(Object.keys(ERRORS))("have a row for the error %s", (code) => {
    expect(textOf("docs/errors.md")).toContain(`| \`${code}\` | `);
  });

  it.each(Object.keys(COMMANDS))("document the command %s", (name) => {
    expect(textOf("docs/cli.md")).toContain(`\n## ${name}\n`);
  });

  it.each(Object.keys(EVENTS))("document the event %s with its schema", (name) => {
    expect(textOf("docs/events.md")).toContain(`\n## ${name}\n`);
    expect(JSON.parse(textOf(`docs/events/${name}.json`))).toMatchObject({ title: name, type: "object" });
  });

  it.each(connectorIds(ROOT))(
    "tell all of the connector %s on a page, which the README's table leads to",
    async (id) => {
      const { title, streams, setup, webhook } = (await connectors[id]?.()) ?? {};
      const text = textOf(`docs/connectors/${id}.md`);
      expect(textOf("README.md")).toContain(`| [${title}](docs/connectors/${id}.md) | `);
      for (const name of Object.keys(streams ?? {})) expect(text).toContain(`| \`${name}\` | `);
      for (const right of Object.values(setup?.rights ?? {})) expect(text).toContain(right);
      if (webhook !== undefined) expect(text).toContain(webhook.signature.scheme ?? "no scheme");
      expect(text).toMatch(/\n## Set-up\n\n\S/);
      if (webhook !== undefined) expect(text).toMatch(/\| `webhookSecret` \| secret \|/);
    },
  );

  it("describe every operation of the API", () => {
    const { paths } = JSON.parse(textOf("docs/openapi.json")) as { paths: object };
    expect(Object.keys(paths)).toEqual([...new Set(ROUTES.map(({ path }) => path))]);
  });
});

describe("TypeScript in documents", () => {
  const blocks = blocksOf("ts");
  const parses = (code: string): boolean => {
    try {
      stripTypeScriptTypes(code);
      return true;
    } catch {
      return false;
    }
  };

  it.each(blocks)("can be read: $at", ({ code }) => {
    expect(parses(code) || parses(`({\n${code}\n})`)).toBe(true);
  });

  it("imports what is there", () => {
    // A guide's own files are named in backquotes above their blocks.
    const told = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/^`([\w/.-]+\.(?:ts|json))`/gm)].map(([, path]) => path ?? ""),
    );
    for (const { at, page, code } of blocks) {
      const file = told.find((path) => textOf(page).includes(`\`${path}\`\n\n\`\`\`ts\n${code}`));
      for (const { to, isOurs } of importsIn(file ?? "throughline.config.ts", code)) {
        const isThere = isOurs
          ? existsSync(`${ROOT}/${to}`) || told.includes(to)
          : to.startsWith("node:") || packageOf(to) === manifest.name || packageOf(to) in dependencies;
        expect(isThere, `${at} imports ${to}`).toBe(true);
      }
    }
  });

  const configs = blocks.filter(({ code }) => code.includes("export default defineHub("));

  it.each(configs)("is a valid configuration: $at", async ({ code }) => {
    const program = `${code.replace("export default defineHub(", "const config = defineHub(")}
process.stdout.write(JSON.stringify(config));`;
    const value = execFileSync(process.execPath, ["--input-type=module-typescript", "--eval", program], { cwd: ROOT });
    const config: HubConfig = parseHubConfig(JSON.parse(value.toString()), "throughline.config.ts", code);
    const secretCalled = (name: string) => (name.endsWith("_URL") ? "https://tool.example/hook" : `the ${name}`);
    expect(await connectionProblems(config, { get: async (name) => secretCalled(name) })).toEqual([]);
  });

  it("shows a configuration in the README", () => {
    expect(configs.map(({ page }) => page)).toContain("README.md");
  });
});

describe("documents", () => {
  const anchorsOf = (page: string): string[] =>
    [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    );

  it("link only to what is there", () => {
    const broken = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].flatMap(
        ([, path = "", anchor]) => {
          const target = path === "" ? page : posix.normalize(posix.join(dirname(page), path));
          if (!existsSync(`${ROOT}/${target}`)) return [`${page}: ${path}`];
          if (anchor === undefined || !target.endsWith(".md")) return [];
          return anchorsOf(target).includes(anchor) ? [] : [`${page}: ${path}#${anchor}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });

  it("name commands that exist", () => {
    const named = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/npx throughline ([a-z]+)/g)].map(([, name]) => name ?? ""),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in COMMANDS) && name !== "help")).toEqual([]);
  });

  it("name scripts that exist", () => {
    const named = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? ""),
    );
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  it("ask for addresses of the API that exist", () => {
    const asked = blocksOf("sh").flatMap(({ code }) => [...code.matchAll(/localhost:4100(\/v1\/[\w/-]+)/g)]);
    const known = ROUTES.map(({ path }) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`));
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.map(([, path = ""]) => path).filter((path) => !known.some((route) => route.test(path)))).toEqual([]);
  });

  it("say of every dependency what it is for", () => {
    const page = textOf("docs/dependencies.md");
    expect(Object.keys(dependencies).filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it("list every decision", () => {
    const decisions = filesBelow("docs/adr/0*.md").map((path) => path.replace("docs/adr/", ""));
    expect(decisions.filter((name) => !textOf("docs/adr/README.md").includes(`(${name})`))).toEqual([]);
  });

  it("keep the README to 150 lines", () => {
    expect(textOf("README.md").split("\n").length).toBeLessThanOrEqual(150);
  });
});

describe("the checkout", () => {
  const listed = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const tracked = listed.status === 0 ? listed.stdout.split("\n").filter((path) => path !== "") : [];
  const texts = tracked.filter(
    (path) =>
      statSync(`${ROOT}/${path}`, { throwIfNoEntry: false })?.isFile() === true && !/\.(?:png|gz|ico)$/.test(path),
  );

  it.skipIf(tracked.length === 0)("holds no path of anybody's machine", () => {
    const machine = new RegExp(`(?:^|[\\s"'\`(=])/(?:${["home", "Users", "root", "work"].join("|")})/[\\w.-]+`, "m");
    expect(texts.filter((path) => machine.test(textOf(path)))).toEqual([]);
  });

  it("locks the optional packages of every platform, without which npm ci fails", () => {
    const { packages } = JSON.parse(textOf("package-lock.json")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>;
    };
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  it("pins every dependency to one version", () => {
    expect(Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+(-r\.\d+)?$/.test(version))).toEqual(
      [],
    );
  });
});
