import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sbom } from "../../infra/tools/sbom.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const textOf = (path: string): string => readFileSync(`${ROOT}/${path}`, "utf8");

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly inBundle?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}
const { packages } = JSON.parse(textOf("package-lock.json")) as { packages: Record<string, Locked> };
const locked = Object.entries(packages).filter(([path]) => path !== "");
const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** Each lets the project be used, changed and sold under Apache-2.0; MPL-2.0 covers its own files only. */
const LICENCES = [
  "MIT",
  "MIT-0",
  "Apache-2.0",
  "ISC",
  "0BSD",
  "BSD-0-Clause",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Unlicense",
  "MPL-2.0",
];

/** Packages that may run a script of their own when they are installed, none of them at run time. */
const MAY_RUN_SCRIPTS = ["classic-level", "esbuild", "node"];

describe("T28 what comes with the project", () => {
  it("has at run time licences that are allowed, and names each", () => {
    const production = locked.filter(([, { dev }]) => dev !== true);
    expect(production.length).toBeGreaterThan(80);
    const others = production.filter(([, { license = "none" }]) => !LICENCES.includes(license));
    expect(others.map(([path, { license }]) => `${nameOf(path)}: ${license}`)).toEqual([]);
  });

  it("runs no script at its installation but three that are known, and none at run time", () => {
    const running = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(running.map(([path]) => nameOf(path)).sort()).toEqual(MAY_RUN_SCRIPTS);
    expect(running.filter(([, { dev }]) => dev !== true)).toEqual([]);
  });

  it("comes from the registry that is configured, under a digest where this machine installs it", () => {
    expect(
      locked.filter(([, { link, resolved = "" }]) => link === true || /^(?:git|file|http:)/.test(resolved)),
    ).toEqual([]);
    const unproved = locked.filter(
      ([, { integrity, inBundle, optional }]) => integrity === undefined && inBundle !== true && optional !== true,
    );
    expect(unproved.map(([path]) => path)).toEqual([]);
    const weak = locked.filter(([, { integrity }]) => integrity !== undefined && !integrity.startsWith("sha512-"));
    expect(weak.map(([path]) => path)).toEqual([]);
  });

  it("is asked for by names that are locked, so that no name is free for somebody else's package", () => {
    const manifest = JSON.parse(textOf("package.json")) as Record<string, Record<string, string>>;
    const wanted = { ...manifest["dependencies"], ...manifest["devDependencies"] };
    const missing = Object.entries(wanted).filter(
      ([name, version]) => packages[`node_modules/${name}`]?.version !== version,
    );
    expect(missing).toEqual([]);
    expect(textOf(".npmrc")).not.toMatch(/registry|_auth|ignore-scripts=false/);
    expect(manifest["scripts"]).not.toHaveProperty("postinstall");
    expect(manifest["scripts"]).not.toHaveProperty("preinstall");
  });

  it("is listed as CycloneDX for a release, each package with its version and licence", () => {
    const bom = sbom(ROOT);
    expect(bom.metadata.component).toMatchObject({ name: "throughline" });
    const listed = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
    const { dependencies } = JSON.parse(textOf("package.json")) as { dependencies: Record<string, string> };
    const missing = Object.entries(dependencies).filter(([name, version]) => !listed.has(`${name}@${version}`));
    expect(missing).toEqual([]);
    const nameless = bom.components.filter((one) => !Array.isArray(one["licenses"]));
    // Its 0BSD has a name there that SPDX does not know.
    expect(nameless.map(({ name }) => name)).toEqual(["htmx.org"]);
    const known = new Set(bom.components.map((one) => one["bom-ref"]));
    expect(bom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((one) => !known.has(one))).toEqual([]);
    const locks = new Set(
      locked.filter(([, { dev }]) => dev !== true).map(([path, { version }]) => `${nameOf(path)}@${version}`),
    );
    expect([...listed].filter((one) => !locks.has(one))).toEqual([]);
  });
});

/** What somebody who takes over a build could use: each line that is wrong. */
const carelessIn = (file: string, text: string): string[] => {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
  const wrong = lines.filter(
    (line) =>
      /\bnpm (?:install|i|add|update)\b(?! -g)/.test(line) ||
      /\bnpx (?!throughline)(?:-y|--yes)/.test(line) ||
      /\b(?:curl|wget)\b.*\|\s*(?:ba|z)?sh\b/.test(line) ||
      /uses:\s*(?!\.\/)\S+@(?![0-9a-f]{40}\b)/.test(line) ||
      /pull_request_target|permissions:\s*write-all/.test(line),
  );
  const unlimited = /^\s*runs-on:/m.test(text) && !/^permissions:/m.test(text) ? [`${file}: no permissions`] : [];
  return [...wrong.map((line) => `${file}: ${line.trim()}`), ...unlimited];
};

describe("T29 what builds and deploys the project", () => {
  it("installs what is locked, runs nothing from elsewhere, and pins every action", () => {
    const files = globSync([".ci/*", ".github/**/*.{yml,yaml}"], { cwd: ROOT, exclude: ["node_modules"] });
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => carelessIn(file, textOf(file)))).toEqual([]);
    expect(textOf(".ci/run")).toContain("npm ci");
    expect(textOf(".ci/run")).not.toMatch(/AWS_|SECRET|TOKEN/);
  });

  it("would be told of every one of these", () => {
    for (const line of ["npm install x", "npx -y x", "curl x | sh", "  - uses: a/b@v4", "on: pull_request_target"])
      expect(carelessIn("x", line)).toHaveLength(1);
    expect(carelessIn("x", "jobs:\n  a:\n    runs-on: x")).toEqual(["x: no permissions"]);
    expect(carelessIn("x", `  - uses: a/b@${"0".repeat(40)} # v4`)).toEqual([]);
  });
});
