import type { Place, Reference } from "./link.ts";

/** A letter, letters or digits, a dash, a number without leading zero, not touching another letter or digit. */
const KEY = /(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9]{0,19})-([1-9][0-9]{0,8})(?![A-Za-z0-9])/g;
const TARGET = String.raw`(?:https?:\/\/[^\s<>"'()[\]]{0,300}[^\s<>"'()[\],.;:!?&]|(?:[\w.-]{1,100}\/[\w.-]{1,100})?#\d{1,9}|[A-Za-z][A-Za-z0-9]{0,19}-\d{1,9})`;
/** A closing keyword and the list right behind it: "Fixes #1, #2 and ACME-3". What follows the list is not closed. */
const CLOSING = new RegExp(
  String.raw`\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?):?\s{1,3}${TARGET}(?:\s{0,3}(?:,|and|&)\s{0,3}${TARGET}){0,20}`,
  "gi",
);
const GITHUB_NUMBER = /(?<![\w/&])((?:[\w.-]{1,100}\/[\w.-]{1,100})?)#([1-9][0-9]{0,8})(?![\w])/g;
const URLS = /https?:\/\/[^\s<>"'()[\]]+/g;

const PATHS: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [
    /^(?:www\.)?github\.com\/([\w.-]+)\/([\w.-]+)\/(?:issues|pull)\/(\d+)/i,
    ([, o, r, n]) => `${o}/${r}#${n}`.toLowerCase(),
  ],
  [/^linear\.app\/[\w.-]+\/issue\/([A-Za-z][A-Za-z0-9]*-\d+)/i, ([, key]) => (key ?? "").toUpperCase()],
  [/^[\w.-]+\.atlassian\.net\/browse\/([A-Za-z][A-Za-z0-9]*-\d+)/i, ([, key]) => (key ?? "").toUpperCase()],
  [/^(?:www\.)?figma\.com\/(?:file|design|board|proto)\/([A-Za-z0-9]{10,80})/i, ([, key]) => `figma.com/${key}`],
  [/^([\w-]+\.zendesk\.com)\/agent\/tickets\/(\d+)/i, ([, site, n]) => `${site}/tickets/${n}`.toLowerCase()],
  [
    /^app(?:\.eu|\.au)?\.intercom\.com\/a\/inbox\/([\w-]+)\/.{0,200}?conversation\/(\d+)/i,
    ([, app, n]) => `intercom.com/${app}/conversation/${n}`.toLowerCase(),
  ],
  [
    /^(?:(?:www\.)?notion\.so|app\.notion\.com|[\w-]+\.notion\.site)\/.{0,300}?([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[?#]|$)/i,
    ([, id]) => `notion.so/${(id ?? "").replaceAll("-", "")}`.toLowerCase(),
  ],
  [
    /^([\w-]+\.slack\.com)\/archives\/([A-Z0-9]+)\/p(\d+)/i,
    ([, site, channel, at]) => `${site}/${channel}/${at}`.toLowerCase(),
  ],
  [
    /^app\.launchdarkly\.com\/(?:projects\/)?([\w.-]+)\/(?:[\w.-]+\/features|flags)\/([\w.-]+)/i,
    ([, project, key]) => `launchdarkly.com/${project}/${key}`,
  ],
];

/** The alias that a URL of a known tool stands for, or undefined for any other URL. */
export const aliasOfUrl = (url: string): string | undefined => {
  const rest = url.replace(/^https?:\/\//i, "");
  for (const [pattern, alias] of PATHS) {
    const match = pattern.exec(rest);
    if (match !== null) return alias(match);
  }
  return undefined;
};

// Most texts have no mark of a pointer at all, which is found much faster than by a pattern.
const keysIn = (text: string): string[] =>
  text.includes("-") ? [...text.matchAll(KEY)].map(([, letters, number]) => `${letters}-${number}`.toUpperCase()) : [];

const numbersIn = (text: string, repository: string | undefined): string[] =>
  text.includes("#")
    ? [...text.matchAll(GITHUB_NUMBER)].flatMap(([, named, number]) => {
        const owner = named === "" ? repository : named;
        return owner === undefined ? [] : [`${owner}#${number}`.toLowerCase()];
      })
    : [];

const urlsIn = (text: string): string[] =>
  text.includes("://") ? [...text.matchAll(URLS)].flatMap(([url]) => aliasOfUrl(url) ?? []) : [];

/** A word inside an address is no key: `/issue/ENG-7/add-step-3` points to one record. */
const aliasesIn = (text: string, repository: string | undefined): string[] => {
  const withoutUrls = text.includes("://") ? text.replace(URLS, " ") : text;
  return [...urlsIn(text), ...keysIn(withoutUrls), ...numbersIn(withoutUrls, repository)];
};

/** Texts longer than this are read only up to here: references stand at the top, and hostile text is bounded. */
const READ_AT_MOST = 65_536;

/**
 * Every pointer to a record in a text: issue keys, `#12`, URLs of known tools; one per alias and place.
 * Any word of the shape of a key counts (`UTF-8` too): resolving is only done for keys that some record has.
 *
 * @param place where the text stands; keywords such as "closes" lift what follows them from `body` to `closing`
 * @param repository `owner/name` that a bare `#12` belongs to
 */
export const referencesIn = (text: string | null | undefined, place: Place, repository?: string): Reference[] => {
  if (!text) return [];
  const read = text.slice(0, READ_AT_MOST);
  const found = new Map<string, Reference>();
  const add = (aliases: readonly string[], where: Place) => {
    for (const alias of aliases) found.set(`${where} ${alias}`, { alias, place: where });
  };
  if (place === "body" || place === "commit") {
    for (const [clause] of read.matchAll(CLOSING)) add(aliasesIn(clause, repository), "closing");
  }
  add(place === "branch" ? [...urlsIn(read), ...keysIn(read.replace(URLS, " "))] : aliasesIn(read, repository), place);
  return [...found.values()];
};

/** `feature:ACME-12`, `feature: https://…`: a marker that people set to say which feature a record is about. */
const MARKER = /\bfeature:\s?(\S{1,500})/gi;
/** A name that people gave a feature: `feature:saved-carts`. */
const SLUG = /\bfeature:([a-z0-9][\w-]{1,99})(?=[\s,;.)\]]|$)/gi;
/** The word of a campaign's links: `utm:saved-carts-launch`, `utm_campaign=saved-carts-launch`. */
const CAMPAIGN = /\butm(?::|_campaign=)([\w.-]{1,100})/gi;

/** What the `feature:` markers of a text name: as declared as a link of the tool itself. */
export const markersIn = (text: string | null | undefined): Reference[] => {
  const read = (text ?? "").slice(0, READ_AT_MOST);
  return [
    ...[...read.matchAll(MARKER)].flatMap(([, named]) => referencesIn(named, "declared")),
    ...slugsIn(read).map((alias): Reference => ({ alias, place: "declared" })),
  ];
};

/** Addresses and keys are names already. */
const slugsIn = (text: string): string[] =>
  [...text.matchAll(SLUG)].flatMap(([, slug = ""]) =>
    /^https?$/i.test(slug) || keysIn(slug).length > 0 ? [] : `feature:${slug.toLowerCase()}`,
  );

/** Names that a feature's own words and labels give it, for markers and campaigns of other tools to meet. */
export const namesIn = (text: string): string[] => {
  const read = text.slice(0, READ_AT_MOST);
  return [...slugsIn(read), ...[...read.matchAll(CAMPAIGN)].map(([, word = ""]) => `utm:${word.toLowerCase()}`)];
};
