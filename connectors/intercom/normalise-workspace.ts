import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { TIMELESS } from "../../shared/domain/instant.ts";
import { pageOf, timesOf } from "./place.ts";
import type { Admin, Company, Team } from "./schema.ts";

export const normaliseCompany = (company: Company): readonly Draft[] => {
  const domain = /^(?:https?:\/\/)?(?:www\.)?([\w-]+(?:\.[\w-]+)+)/i.exec(company.website ?? "")?.[1];
  const size = company.size;
  const draft: Draft<"customer"> = {
    kind: "customer",
    external: { noun: "company", id: company.id, url: pageOf(company, `apps/:app/companies/${company.id}`) },
    scopes: [],
    ...timesOf(company),
    fields: {
      name: company.name || company.company_id || `Company ${company.id}`,
      ...(domain !== undefined && { domains: [domain.toLowerCase()] }),
      ...(company.plan?.name && { tier: company.plan.name }),
      ...(size != null && Number.isInteger(size) && size >= 0 && { size }),
      labels: (company.tags?.tags ?? []).flatMap(({ name }) => name ?? []).toSorted(),
    },
  };
  return [draft];
};

/** A teammate as an account; of the e-mail address only a hash is kept. Intercom tells no time of change. */
export const normaliseAdmin = (admin: Admin, { emailHash }: NormaliseContext): readonly Draft[] => {
  const draft: Draft<"account"> = {
    kind: "account",
    external: { noun: "admin", id: admin.id, url: pageOf(admin, `apps/:app/admins/${admin.id}`) },
    scopes: [],
    updatedAt: TIMELESS,
    fields: {
      tool: "intercom",
      ...(admin.name && { name: admin.name }),
      emailHash: emailHash?.(admin.email ?? ""),
      isBot: false,
    },
  };
  return [draft];
};

export const normaliseTeam = (team: Team): readonly Draft[] => {
  const draft: Draft<"team"> = {
    kind: "team",
    external: { noun: "team", id: team.id, url: pageOf(team, `apps/:app/settings/teammates/teams/${team.id}`) },
    scopes: [],
    updatedAt: TIMELESS,
    fields: { name: team.name || `Team ${team.id}` },
  };
  return [draft];
};
