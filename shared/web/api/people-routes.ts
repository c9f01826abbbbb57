import * as z from "zod";
import { IDENTITY_RULES, PERSON_STATES } from "../../domain/identity.ts";
import type { AccountView, PersonView } from "../../store/views.ts";
import { list, single } from "./route.ts";

const AccountJson = z
  .object({
    id: z.string(),
    tool: z.string(),
    connectionId: z.string(),
    handle: z.string().nullable(),
    name: z.string(),
    url: z.string().describe("Where it lives in its tool, as the tool says it: check it before you link to it."),
    label: z.string().describe("As the config names it: `connection:handle`, or by its id."),
  })
  .meta({ id: "Account" });

const Rule = z.enum(IDENTITY_RULES);

const PersonJson = z
  .object({
    id: z.string().describe("Of the smallest account. After a merge the id that was given up still leads here."),
    kind: z.literal("person"),
    name: z.string(),
    slug: z.string().nullable().describe("Of the config, if it declares the person."),
    state: z
      .enum(PERSON_STATES)
      .describe("`probable`: something waits for a decision; `unmatched`: known in one tool only; `confirmed`."),
    accounts: z.array(
      AccountJson.extend({ rule: Rule.nullable().describe("By what it belongs here; null if alone.") }),
    ),
    mayBe: z
      .array(z.object({ id: z.string(), name: z.string(), accounts: z.array(AccountJson) }))
      .describe("Other persons with the same handle and display name in another tool."),
    conflicts: z
      .array(z.object({ account: AccountJson, other: AccountJson, rule: Rule }))
      .describe("What a rule would join and the config keeps apart."),
    version: z.int().describe("Rises by exactly 1 with each change of who it is."),
    recordedAt: z.string(),
  })
  .meta({ id: "Person" });

const accountJson = ({
  id,
  tool,
  connectionId,
  handle,
  name,
  url,
  label,
}: AccountView): z.input<typeof AccountJson> => ({
  id,
  tool,
  connectionId,
  handle: handle ?? null,
  name,
  url,
  label,
});

const personJson = (person: PersonView): z.input<typeof PersonJson> => ({
  id: person.id,
  kind: "person",
  name: person.name,
  slug: person.slug ?? null,
  state: person.state,
  accounts: person.accounts.map((account) => ({ ...accountJson(account), rule: account.rule })),
  mayBe: person.mayBe.map(({ id, name, accounts }) => ({ id, name, accounts: accounts.map(accountJson) })),
  conflicts: person.conflicts.map(({ account, other, rule }) => ({
    account: accountJson(account),
    other: accountJson(other),
    rule,
  })),
  version: person.version,
  recordedAt: person.recordedAt,
});

export const PEOPLE_ROUTES = [
  list({
    id: "list_people",
    tag: "People",
    scope: "features:read",
    path: "/v1/people",
    summary: "Persons with their accounts in all tools: those that wait for a decision first, then by name.",
    query: {
      state: z
        .array(z.enum(PERSON_STATES))
        .optional()
        .describe("How sure it is who they are.")
        .meta({ examples: [["probable", "unmatched"]] }),
    },
    item: PersonJson,
    rows: async ({ deps, query, after, limit }) => {
      const { items, next } = await deps.views.people(query.state, after, limit);
      return { items: items.map(personJson), next };
    },
  }),
  single({
    id: "get_person",
    tag: "People",
    scope: "features:read",
    path: "/v1/people/{id}",
    summary: "One person, with the rule that holds each account.",
    pathParameters: { id: "Id of a person, also one that was given up in a merge." },
    body: PersonJson,
    read: async ({ deps, id }) => {
      const person = await deps.views.person(id);
      return person && { body: personJson(person) };
    },
  }),
];
