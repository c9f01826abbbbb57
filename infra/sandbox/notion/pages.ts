import { type Exposure, exposures, referenceOf, timeOf } from "../company/exposure.ts";
import type { Product } from "../company/features.ts";
import { managers, personAt } from "../company/people.ts";
import { hash, pick } from "../company/random.ts";
import type { World } from "../company/world.ts";
import { MEASURED, STATUSES, type StatusName } from "./key-results.ts";

/** Ids in Notion's form; the first part tells what it is. */
const uuid = (kind: number, a: number, b = 0): string =>
  `${(0xac3e0000 + kind).toString(16)}-${a.toString(16).padStart(4, "0")}-4000-8000-${b.toString(16).padStart(12, "0")}`;

export const userId = (index: number): string => uuid(1, index);

export const OBJECTIVES = uuid(2, 0);
export const KEY_RESULTS = uuid(3, 0);
export const roadmapOf = (product: number): string => uuid(4, product);
export const specsOf = (product: number): string => uuid(5, product);
/** The roadmap's row of a feature. */
export const rowOf = (product: number, feature: number): string => uuid(14, product, feature);
export const visionOf = (product: number): string => uuid(6, product);
/** A database has one data source. */
export const sourceOf = (database: string): string => database.replace(/^ac3e/, "ac5e");
export const databaseOf = (source: string): string => source.replace(/^ac5e/, "ac3e");

export const optionId = (status: StatusName): string => uuid(7, STATUSES.indexOf(status));
const GROUPS = [
  { name: "To-do", options: ["Not started"] },
  { name: "In progress", options: ["In progress"] },
  { name: "Complete", options: ["Done", "Cancelled"] },
] as const;

/** https://developers.notion.com/reference/property-object#status */
export const statusSchema = {
  options: STATUSES.map((name) => ({ id: optionId(name), name, color: "default", description: null })),
  groups: GROUPS.map(({ name, options }, index) => ({
    id: uuid(8, index),
    name,
    color: "gray",
    option_ids: options.map((option) => optionId(option)),
  })),
};

/** A page of the company: a row of a database, or one by itself. */
export interface NotionPage {
  readonly id: string;
  /** Absent for a page that stands by itself. */
  readonly database?: string | undefined;
  readonly title: string;
  readonly created: number;
  readonly edited: number;
  readonly by: number;
  readonly status?: StatusName | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly lines: readonly { readonly text: string; readonly link?: string | undefined }[];
  readonly inTrash?: boolean | undefined;
  readonly isHidden?: boolean | undefined;
}

const date = (world: World, day: number | undefined) => ({
  type: "date",
  date: day === undefined ? null : { start: world.company.calendar.date(day), end: null, time_zone: null },
});
const people = (by: number) => ({ type: "people", people: [{ object: "user", id: userId(by) }] });
const relation = (id: string) => ({ type: "relation", relation: [{ id }], has_more: false });
const number = (value: number) => ({ type: "number", number: value });

/** Of the three names that three tools have for one feature, the product managers' one. */
const nameOf = ({ product, feature }: Exposure): string =>
  product.index === 0 && feature.slug === "address-autocomplete" ? "Fewer typed addresses" : feature.title;

const STATUS_OF: Readonly<Record<Exposure["feature"]["phase"], StatusName>> = {
  idea: "Not started",
  planned: "Not started",
  design: "In progress",
  development: "In progress",
  testing: "In progress",
  production: "Done",
  released: "Done",
  cancelled: "Cancelled",
};

const objectiveId = (product: number, initiative: number): string => uuid(12, product, initiative);

const ofFeature = (world: World, exposure: Exposure): NotionPage[] => {
  const { product, feature, days } = exposure;
  const by = pick(managers, hash(world.company.seed, 101, product.index, feature.index));
  const created = timeOf(world, days.proposed);
  const edited = timeOf(world, days.shipped ?? days.designed ?? days.proposed);
  const reference = referenceOf(world, exposure);
  const row: NotionPage = {
    id: rowOf(product.index, feature.index),
    database: roadmapOf(product.index),
    title: nameOf(exposure),
    created,
    edited,
    by,
    status: STATUS_OF[feature.phase],
    properties: {
      Owner: people(by),
      End: date(world, feature.targetDay),
      Link: { type: "url", url: reference?.url ?? null },
      Objective: relation(objectiveId(product.index, feature.initiative)),
    },
    lines: [],
  };
  if (days.designed === undefined) return [row];
  const spec: NotionPage = {
    id: uuid(15, product.index, feature.index),
    database: specsOf(product.index),
    title: `${feature.title}: specification`,
    created,
    edited: timeOf(world, days.designed),
    by,
    properties: { Link: { type: "url", url: reference?.url ?? null } },
    lines: [
      { text: `Why we build ${feature.title}` },
      { text: "People ask for it, and it costs us orders that they cannot." },
      ...(reference === undefined ? [] : [{ text: reference.key, link: reference.url }]),
    ],
  };
  return [row, spec];
};

const ofProduct = (world: World, { index, name, initiatives }: Product): NotionPage[] => [
  {
    id: visionOf(index),
    title: `Vision of ${name}`,
    created: timeOf(world, 0),
    edited: timeOf(world, 3),
    by: 3,
    properties: {},
    lines: [{ text: `What ${name} is for, and for whom.` }],
  },
  ...initiatives.flatMap((title, nth): NotionPage[] => {
    const id = objectiveId(index, nth);
    const common = { created: timeOf(world, 1), edited: timeOf(world, 60 + nth), by: pick(managers, nth) };
    const measured = MEASURED[title];
    if (measured === undefined) return [];
    const { status } = measured;
    const dates = { Start: date(world, 0), End: date(world, 129) };
    return [
      {
        id,
        database: OBJECTIVES,
        title,
        ...common,
        status,
        properties: { Owner: people(common.by), ...dates },
        lines: [],
      },
      {
        id: uuid(13, index, nth),
        database: KEY_RESULTS,
        title: measured.name,
        ...common,
        status,
        properties: {
          Objective: relation(id),
          Owner: people(common.by),
          Baseline: number(measured.baseline),
          Target: number(measured.target),
          Current: number(measured.current),
          Unit: { type: "rich_text", rich_text: [{ type: "text", plain_text: measured.unit, href: null }] },
        },
        lines: [],
      },
    ];
  }),
];

/** The pages as they are now: drawn from the company, with what was changed since laid over them. */
export class Pages {
  readonly #world: World;
  #changed = new Map<string, NotionPage>();
  #drawn: readonly NotionPage[] | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  all(): readonly NotionPage[] {
    this.#drawn ??= [
      ...this.#world.company.products.flatMap((product) => ofProduct(this.#world, product)),
      ...exposures(this.#world).flatMap((exposure) => ofFeature(this.#world, exposure)),
    ];
    return this.#drawn.map((page) => this.#changed.get(page.id) ?? page).filter(({ isHidden }) => isHidden !== true);
  }

  at(id: string): NotionPage | undefined {
    const bare = (one: string) => one.replaceAll("-", "");
    return this.all().find((page) => bare(page.id) === bare(id));
  }

  keep(page: NotionPage): void {
    this.#changed.set(page.id, page);
  }

  reset(): void {
    this.#changed = new Map();
  }
}

/** Notion rounds down to the minute. */
export const minute = (time: number): string => new Date(Math.floor(time / 60_000) * 60_000).toISOString();

const richText = (text: string, link?: string) => ({
  type: "text",
  text: { content: text, link: link === undefined ? null : { url: link } },
  plain_text: text,
  href: link ?? null,
});

/** https://developers.notion.com/reference/page */
export const pageJson = ({ id, database, title, created, edited, by, status, properties, inTrash }: NotionPage) => ({
  object: "page",
  id,
  created_time: minute(created),
  last_edited_time: minute(edited),
  created_by: { object: "user", id: userId(by) },
  last_edited_by: { object: "user", id: userId(by) },
  cover: null,
  icon: null,
  parent:
    database === undefined
      ? { type: "workspace", workspace: true }
      : { type: "data_source_id", data_source_id: sourceOf(database), database_id: database },
  archived: inTrash === true,
  in_trash: inTrash === true,
  properties: {
    ...properties,
    ...(status !== undefined && {
      Status: { id: "stat", type: "status", status: { id: optionId(status), name: status, color: "default" } },
    }),
    Name: { id: "title", type: "title", title: [richText(title)] },
  },
  url: `https://www.notion.so/${encodeURIComponent(title.replaceAll(" ", "-"))}-${id.replaceAll("-", "")}`,
  public_url: null,
});

/** https://developers.notion.com/reference/block */
export const blocksJson = ({ id, lines }: NotionPage) =>
  lines.map(({ text, link }, index) => ({
    object: "block",
    id: `${id.slice(0, -4)}b${String(index).padStart(3, "0")}`,
    parent: { type: "page_id", page_id: id },
    type: index === 0 ? "heading_1" : "paragraph",
    has_children: false,
    in_trash: false,
    [index === 0 ? "heading_1" : "paragraph"]: { rich_text: [richText(text, link)], color: "default" },
  }));

/** https://developers.notion.com/reference/user */
export const userJson = (index: number) => {
  const { name, email, bot } = personAt(index);
  const common = { object: "user", id: userId(index), name, avatar_url: null };
  return bot ? { ...common, type: "bot", bot: {} } : { ...common, type: "person", person: { email } };
};
