import * as z from "zod";

const text = z.string().nullish();
const properties = z.record(z.string(), z.string().nullish()).nullish();

/** The Hub ID stands in no record: the reader puts it there, for links. */
const portalId = text;

/** https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide */
export const Campaign = z.looseObject({
  id: z.string().min(1),
  properties,
  businessUnits: z.array(z.looseObject({ id: z.union([z.string(), z.number()]) })).nullish(),
  createdAt: text,
  updatedAt: text,
  portalId,
});
export type Campaign = z.output<typeof Campaign>;

/** https://developers.hubspot.com/docs/api-reference/latest/marketing/marketing-emails/guide */
export const Email = z.looseObject({
  id: z.string().min(1),
  name: text,
  subject: text,
  state: text,
  type: text,
  campaign: text,
  campaignName: text,
  businessUnitId: text,
  publishDate: text,
  publishedAt: text,
  createdAt: text,
  updatedAt: text,
  deletedAt: text,
  archived: z.boolean().nullish(),
  stats: z.looseObject({ counters: z.record(z.string(), z.number().nullish()).nullish() }).nullish(),
  portalId,
});
export type Email = z.output<typeof Email>;

/** https://developers.hubspot.com/docs/api-reference/latest/crm/objects/companies/guide */
export const Company = z.looseObject({
  id: z.union([z.string().min(1), z.int()]).transform(String),
  properties,
  createdAt: text,
  updatedAt: text,
  archived: z.boolean().nullish(),
  archivedAt: text,
  portalId,
});
export type Company = z.output<typeof Company>;
