import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSchema, type GraphQLSchema } from "graphql";

/** One field as the package types it. */
interface TypedField {
  readonly name: string;
  /** A GraphQL type, e.g. `[Issue!]!`. */
  readonly type: string;
}

interface Block {
  readonly name: string;
  readonly parents: readonly string[];
  readonly typename: boolean;
  readonly fields: readonly TypedField[];
}

/** What the declaration file of the package holds of the schema. */
interface Declared {
  readonly scalars: readonly string[];
  readonly enums: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly unions: readonly { readonly name: string; readonly members: readonly string[] }[];
  readonly blocks: readonly Block[];
}

const BUILT_IN = new Set(["ID", "String", "Boolean", "Int", "Float"]);
/** The package writes names in Pascal case; these two are spelt otherwise in the schema. */
const SPELLINGS: Readonly<Record<string, string>> = {
  IdComparator: "IDComparator",
  IssueIdComparator: "IssueIDComparator",
};
const ROOTS = new Set(["Query", "Mutation", "Subscription"]);

let schema: GraphQLSchema | undefined;

/** Linear's own schema, read back from the types of the installed `@linear/sdk`. Built once, when first asked for. */
export const linearSchema = (): GraphQLSchema => {
  schema ??= buildSchema(schemaText(), { assumeValidSDL: true });
  return schema;
};

/** The schema as text, without descriptions and default values, which the types do not keep. */
const schemaText = (): string => print(declared(declarationFile()));

/** The declaration file that holds the schema's types; its name carries a hash, so it is found by what is in it. */
const declarationFile = (): string => {
  const folder = dirname(fileURLToPath(import.meta.resolve("@linear/sdk")));
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".d.mts")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    if (/^type Scalars = \{/m.test(text)) return text;
  }
  throw new Error("@linear/sdk has no declaration file with GraphQL types");
};

const declared = (text: string): Declared => {
  // After the schema come the types of the package's own operations.
  const end = text.search(/^type \w+Fragment = /m);
  const part = (end < 0 ? text : text.slice(0, end)).replace(/\/\*\*[\s\S]*?\*\//g, "");
  const enums = [...part.matchAll(/^declare enum (\w+) \{([\s\S]*?)^\}/gm)].map((found) => ({
    name: found[1] ?? "",
    values: [...(found[2] ?? "").matchAll(/= "(\w+)"/g)].map((value) => value[1] ?? ""),
  }));
  const blocks: Block[] = [];
  const unions: { name: string; members: string[] }[] = [];
  let scalars: string[] = [];
  for (const found of part.matchAll(/^type (\w+) = ((?:\w+ & )*)\{\n([\s\S]*?)^\};/gm)) {
    const [, name = "", parents = "", body = ""] = found;
    if (name === "Scalars") scalars = [...body.matchAll(/^ {2}(\w+): /gm)].map((field) => field[1] ?? "");
    else
      blocks.push({
        name,
        parents: parents.split(" & ").filter(Boolean),
        typename: body.includes("__typename?:"),
        fields: fieldsOf(body),
      });
  }
  for (const found of part.matchAll(/^type (\w+) = (\w+(?: \| \w+)+);/gm)) {
    unions.push({ name: found[1] ?? "", members: (found[2] ?? "").split(" | ") });
  }
  return { scalars, enums, unions, blocks };
};

const fieldsOf = (body: string): readonly TypedField[] =>
  [...body.matchAll(/^ {2}(\w+)\??: ([^;]+);/gm)]
    .filter((found) => found[1] !== "__typename")
    .map((found) => ({ name: found[1] ?? "", type: graphqlType((found[2] ?? "").replace(/\s+/g, "")) }));

/** `Maybe<Array<Issue>>` is `[Issue!]`, `Array<Maybe<Scalars["Int"]>>` is `[Int]!`. */
const graphqlType = (type: string): string => {
  const nullable = /^(?:Input)?Maybe<(.*)>$/.exec(type);
  if (nullable !== null) return graphqlType(nullable[1] ?? "").replace(/!$/, "");
  const list = /^Array<(.*)>$/.exec(type);
  if (list !== null) return `[${graphqlType(list[1] ?? "")}]!`;
  const scalar = /^Scalars\["(\w+)"\]$/.exec(type);
  const name = scalar?.[1] ?? type;
  return `${SPELLINGS[name] ?? name}!`;
};

const print = ({ scalars, enums, unions, blocks }: Declared): string => {
  const known = new Map(blocks.map((block) => [block.name, block]));
  const interfaces = new Set(blocks.flatMap((block) => block.parents));
  const unionNames = new Set(unions.map((union) => union.name));
  const argumentTypes = argumentsByField(blocks, known);
  const lines: string[] = ["schema { query: Query mutation: Mutation subscription: Subscription }"];
  for (const name of scalars) if (!BUILT_IN.has(name)) lines.push(`scalar ${name}`);
  for (const { name, values } of enums) lines.push(`enum ${name} { ${values.join(" ")} }`);
  for (const { name, members } of unions) {
    const objects = members.filter((member) => known.has(member) && !unionNames.has(member));
    if (objects.length > 0) lines.push(`union ${name} = ${objects.join(" | ")}`);
  }
  for (const block of blocks) {
    if (argumentTypes.used.has(block.name) || block.fields.length === 0) continue;
    const output = block.typename || interfaces.has(block.name) || ROOTS.has(block.name);
    const keyword =
      interfaces.has(block.name) && !isConcrete(block, interfaces) ? "interface" : output ? "type" : "input";
    const parents = block.parents.length === 0 ? "" : ` implements ${allParents(block, known).join(" & ")}`;
    const fields = block.fields.map(
      ({ name, type }) =>
        `  ${name}${output ? argumentList(argumentTypes.byField.get(`${block.name}.${name}`)) : ""}: ${type}`,
    );
    lines.push(`${keyword} ${SPELLINGS[block.name] ?? block.name}${output ? parents : ""} {\n${fields.join("\n")}\n}`);
  }
  return lines.join("\n");
};

/** An interface has no name of its own at run time. */
const isConcrete = (block: Block, interfaces: ReadonlySet<string>): boolean =>
  block.typename && !interfaces.has(block.name);

const allParents = (block: Block, known: ReadonlyMap<string, Block>): readonly string[] => {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const parent of known.get(name)?.parents ?? []) visit(parent);
  };
  for (const parent of block.parents) visit(parent);
  return [...found];
};

/** Which type holds the arguments of which field: `IssueAttachmentsArgs` those of `Issue.attachments`. */
const argumentsByField = (blocks: readonly Block[], known: ReadonlyMap<string, Block>) => {
  const byField = new Map<string, Block>();
  const bySpelling = new Map([...known.values()].map((block) => [block.name.toLowerCase(), block]));
  const used = new Set<string>();
  for (const block of blocks) {
    if (!block.typename && !ROOTS.has(block.name)) continue;
    for (const field of block.fields) {
      // `attachmentsForURL` has `QueryAttachmentsForUrlArgs`: case is not kept.
      const found = bySpelling.get(`${block.name}${field.name}Args`.toLowerCase());
      if (found === undefined || found.typename) continue;
      byField.set(`${block.name}.${field.name}`, found);
      used.add(found.name);
    }
  }
  return { byField, used };
};

const argumentList = (block: Block | undefined): string =>
  block === undefined ? "" : `(${block.fields.map(({ name, type }) => `${name}: ${type}`).join(", ")})`;
