import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What of CycloneDX this hub's own list must have. */
const Bom = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.string(),
  metadata: z.looseObject({
    component: z.looseObject({ "bom-ref": z.string(), name: z.string(), version: z.string() }),
  }),
  components: z.array(
    z.looseObject({
      "bom-ref": z.string(),
      name: z.string(),
      version: z.string(),
      purl: z.string().startsWith("pkg:npm/"),
      properties: z.array(z.looseObject({ name: z.string() })).default([]),
    }),
  ),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).default([]) })),
});
type Bom = z.output<typeof Bom>;

/** The list of everything that is installed to run a hub, from the lock file alone: nobody is asked over the network. */
export const sbom = (folder: string): Bom => {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--offline"];
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr.trim()}`);
  const bom = Bom.parse(JSON.parse(stdout));
  const { name } = z
    .looseObject({ name: z.string() })
    .parse(JSON.parse(readFileSync(`${folder}/package.json`, "utf8")));
  // npm leaves out what development needs too, if it is to omit that: what is not needed at run time is marked here.
  const components = bom.components.filter(
    ({ properties }) => !properties.some((one) => one.name === "cdx:npm:package:development"),
  );
  const kept = new Set([...components.map((one) => one["bom-ref"]), bom.metadata.component["bom-ref"]]);
  return {
    ...bom,
    // It is named after the folder it happens to lie in.
    metadata: { ...bom.metadata, component: { ...bom.metadata.component, name } },
    components,
    dependencies: bom.dependencies.flatMap(({ ref, dependsOn, ...rest }) =>
      kept.has(ref) ? [{ ...rest, ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }] : [],
    ),
  };
};

/** `node infra/tools/sbom.ts [file]`: writes it, or prints it. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = `${JSON.stringify(sbom(root), null, 2)}\n`;
  const [, , file] = process.argv;
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}
