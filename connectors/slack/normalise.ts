import type { NormaliseContext } from "../../shared/connector/contract.ts";
import type { Draft } from "../../shared/domain/entity.ts";
import { type Instant, maybeInstant, TIMELESS } from "../../shared/domain/instant.ts";
import type { Ref } from "../../shared/domain/kind.ts";
import type { Reference } from "../../shared/domain/link.ts";
import { mapWord } from "../../shared/domain/mapped.ts";
import { referencesIn } from "../../shared/domain/reference.ts";
import { plainText, titleOf, withAddresses } from "./mrkdwn.ts";
import type { Message, User } from "./schema.ts";

/** Milliseconds of a `ts`; the rest of it only tells messages of one moment apart. */
const momentOf = (ts: string | null | undefined): Instant | undefined => {
  const [, seconds, milliseconds] = /^(\d{1,12})\.(\d{3})/.exec(ts ?? "") ?? [];
  return seconds === undefined ? undefined : maybeInstant(new Date(Number(`${seconds}${milliseconds}`)));
};

const TYPES = ["release_note", "launch", "incident", "note"] as const;
const AUDIENCES = ["internal", "external"] as const;
const own = <Word extends string>(words: readonly Word[], word: string | null | undefined) =>
  mapWord({ name: word || "message" }, new Map(), new Map(words.map((one) => [one, one])));

/** What both streams have in common: where the message stands, when, by whom, and what it points to. */
const common = (message: Message) => {
  const { ts, workspace_url, edited, user } = message;
  const channel = message.channel ?? "";
  const raw = message.text ?? "";
  const plain = plainText(raw);
  const [, host] = /^https:\/\/([\w.-]+)\/?$/.exec(workspace_url ?? "") ?? [];
  const permalink = `${host ?? "slack.com"}/archives/${channel}/p${ts.replace(".", "")}`;
  const at = momentOf(ts) ?? TIMELESS;
  const title = titleOf(plain) || "(no text)";
  return {
    external: { noun: "message", id: `${channel}:${ts}`, url: `https://${permalink}` },
    scopes: channel === "" ? [] : [channel],
    createdAt: at,
    updatedAt: momentOf(edited?.ts) ?? at,
    aliases: host === undefined ? [] : [`${host}/${channel}/${ts.replace(".", "")}`.toLowerCase()],
    references: referencesOf(raw),
    words: { title, ...(plain !== title && plain !== "" && { text: plain }) },
    at,
    authorId: user ? accountRef(user) : undefined,
  };
};

const accountRef = (id: string): Ref<"account"> => ({ kind: "account", noun: "user", id });

/** The first line of a message is its title; keys and addresses below it are mentions in passing. */
const referencesOf = (raw: string): readonly Reference[] => {
  const [first = "", ...rest] = withAddresses(raw).trim().split("\n");
  return [...referencesIn(first, "title"), ...referencesIn(rest.join("\n"), "body")];
};

export const normaliseAnnouncement = (message: Message): readonly Draft[] => {
  const { words, at, authorId, ...envelope } = common(message);
  const draft: Draft<"announcement"> = {
    kind: "announcement",
    ...envelope,
    fields: {
      ...words,
      audience: own(AUDIENCES, message.declared?.audience),
      type: own(TYPES, message.declared?.type),
      channel: message.channel_name ?? message.channel ?? undefined,
      at,
      authorId,
    },
  };
  return [draft];
};

export const normaliseFeedback = (message: Message): readonly Draft[] => {
  const { words, at, authorId, ...envelope } = common(message);
  const draft: Draft<"feedback"> = {
    kind: "feedback",
    ...envelope,
    fields: { ...words, channel: message.channel_name ?? message.channel ?? undefined, at, authorId },
  };
  return [draft];
};

/** Someone of the workspace as an account; of the e-mail address only a hash is kept. */
export const normaliseUser = (user: User, { emailHash }: NormaliseContext): readonly Draft[] => {
  const { profile } = user;
  const draft: Draft<"account"> = {
    kind: "account",
    external: { noun: "user", id: user.id, url: "https://slack.com" },
    scopes: [],
    updatedAt: maybeInstant(user.updated) ?? TIMELESS,
    fields: {
      tool: "slack",
      handle: user.name ?? undefined,
      name: profile?.real_name || user.real_name || undefined,
      emailHash: emailHash?.(profile?.email ?? ""),
      isBot: user.is_bot ?? false,
      isActive: user.deleted == null ? undefined : !user.deleted,
    },
  };
  return [draft];
};
