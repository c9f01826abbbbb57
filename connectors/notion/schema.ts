import * as z from "zod";

const text = z.string().nullish();
const RichText = z.array(z.looseObject({ plain_text: text, href: text })).nullish();
const Named = z.looseObject({ id: text, name: text }).nullish();
const Ref = z.looseObject({ id: z.string().min(1) });

/** https://developers.notion.com/reference/page-property-values; a value that is of no known kind is an empty one. */
export const Value = z.looseObject({
  type: text,
  title: RichText,
  rich_text: RichText,
  select: Named,
  status: Named,
  number: z.number().nullish(),
  url: text,
  date: z.looseObject({ start: text, end: text }).nullish(),
  people: z.array(Ref).nullish(),
  relation: z.array(Ref).nullish(),
  formula: z.looseObject({ string: text, number: z.number().nullish() }).nullish(),
  rollup: z.looseObject({ number: z.number().nullish() }).nullish(),
});
export type Value = z.output<typeof Value>;

const User = z.looseObject({ id: z.string().min(1) });

/** A line of a page, of whatever block. */
const Line = z.looseObject({ text: z.string(), links: z.array(z.string()).nullish() });

/** https://developers.notion.com/reference/page, and what the config says of where it stands. */
export const Page = z.looseObject({
  id: z.string().min(1),
  created_time: text,
  last_edited_time: text,
  created_by: User.nullish(),
  in_trash: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  url: text,
  parent: z.looseObject({ type: text, page_id: text, database_id: text, data_source_id: text }).nullish(),
  properties: z.record(z.string(), Value).nullish(),
  lines: z.array(Line).nullish(),
  mapping: z
    .looseObject({
      as: text,
      /** Names of the tool's properties, by ours. */
      properties: z.record(z.string(), z.string()).nullish(),
      statuses: z.record(z.string(), z.string()).nullish(),
      /** Notion's own group of each status option, by its id: to_do, in_progress, complete. */
      groups: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
});
export type Page = z.output<typeof Page>;

/** https://developers.notion.com/reference/user */
export const Person = z.looseObject({
  id: z.string().min(1),
  name: text,
  type: text,
  person: z.looseObject({ email: text }).nullish(),
});
export type Person = z.output<typeof Person>;

/** https://developers.notion.com/reference/intro#pagination */
export const List = z.looseObject({
  results: z.array(z.looseObject({ id: z.string() })),
  next_cursor: text,
  has_more: z.boolean().nullish(),
  request_status: z.looseObject({ type: text }).nullish(),
});
/** https://developers.notion.com/reference/retrieve-a-database */
export const DatabaseAnswer = z.looseObject({ data_sources: z.array(z.looseObject({ id: z.string() })) });
/** https://developers.notion.com/reference/retrieve-a-data-source */
export const DataSource = z.looseObject({
  properties: z.record(
    z.string(),
    z.looseObject({
      status: z
        .looseObject({
          groups: z.array(z.looseObject({ name: z.string(), option_ids: z.array(z.string()) })).nullish(),
        })
        .nullish(),
    }),
  ),
});
