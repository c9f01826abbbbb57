import { createHash } from "node:crypto";
import type { Instant } from "../domain/instant.ts";
import { type Known, keeping } from "../domain/kept-fields.ts";
import type { Row, Table } from "../ports/table.ts";
import type { Grant, Who } from "./access.ts";
import { update } from "./entities.ts";
import { lists, memberKey } from "./keys.ts";
import type { Slice } from "./views.ts";

/** Somebody who may sign in. */
export interface Member extends Grant {
  /** `mem_…`, of the mail address: the same after a removal and a new invitation. */
  readonly id: string;
  /** Mail address, in lower case. */
  readonly address: string;
  readonly name: string;
  readonly role: string;
  readonly createdAt: Instant;
  readonly createdBy: Who;
}

const MEMBER: Known<Member> = {
  id: true,
  address: true,
  name: true,
  role: true,
  scopes: true,
  products: true,
  createdAt: true,
  createdBy: true,
};

type Stored = Member | { readonly id: string; readonly removedAt: Instant };

const digestOfAddress = (address: string): string =>
  createHash("sha256").update(address.trim().toLowerCase()).digest("hex");

export const memberId = (address: string): string => `mem_${digestOfAddress(address).slice(0, 26)}`;

const isMember = (data: Stored | undefined): data is Member => data !== undefined && "address" in data;

export const memberById = async (table: Table, id: string): Promise<Member | undefined> => {
  if (!/^mem_[0-9a-f]{26}$/.test(id)) return undefined;
  const { pk, sk } = memberKey(id);
  const held = (await table.get<Stored>(pk, sk))?.data;
  return isMember(held) ? held : undefined;
};

export const memberAt = (table: Table, address: string): Promise<Member | undefined> =>
  memberById(table, memberId(address));

/** Invites somebody, or gives who is there another name, role or other products; sessions follow at once. */
export const putMember = async (
  table: Table,
  wanted: Omit<Member, "id" | "createdAt">,
  now: Date,
): Promise<{ readonly member: Member; readonly isNew: boolean }> => {
  const id = memberId(wanted.address);
  let told: { member: Member; isNew: boolean } | undefined;
  await update<Stored>(table, memberKey(id), (row) => {
    const held = isMember(row?.data) ? row.data : undefined;
    const made = held ?? { createdAt: now.toISOString(), createdBy: wanted.createdBy };
    const { createdAt, createdBy } = made;
    const address = wanted.address.trim().toLowerCase();
    const member = { ...wanted, id, address, createdAt, createdBy };
    told = { member, isNew: held === undefined };
    return { data: keeping(held, member, MEMBER), list: lists.ofMember(id) };
  });
  if (told === undefined) throw new Error("a member was not written");
  return told;
};

/** Takes somebody out: nothing of them stays but that there was a member of this id. @returns whether they were one */
export const removeMember = (table: Table, id: string, now: Date): Promise<boolean> =>
  update<Stored>(table, memberKey(id), (row) =>
    isMember(row?.data) ? { data: { id, removedAt: now.toISOString() } } : undefined,
  );

/** By id, ascending. */
export const members = async (table: Table, after: string | undefined, limit: number): Promise<Slice<Member>> => {
  const rows: Row<Member>[] = await table.query<Member>({
    pk: lists.members,
    by: "list",
    limit: limit + 1,
    ...(after !== undefined && { after }),
  });
  const items = rows.slice(0, limit).map(({ data }) => data);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
};
