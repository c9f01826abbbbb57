import { createHash } from "node:crypto";
import type { Instant } from "../domain/instant.ts";
import type { Kind } from "../domain/kind.ts";
import type { LinkType } from "../domain/link.ts";
import { BESIDE, kindLists } from "../ports/counted.ts";
import type { Place } from "../ports/table.ts";

/**
 * All keys of the one table. A new way to read is a new row here; there are no scans.
 *
 * | read                                   | pk                     | sk                              |
 * | -------------------------------------- | ---------------------- | ------------------------------- |
 * | one entity                             | E#{id}                 | A                               |
 * | its past, by the first entry of a row  | E#{id}                 | H#{at}#{entry}                  |
 * | links from it, by type                 | E#{id}                 | L#>{type}#{to}                  |
 * | words of its name                      | E#{id}                 | N#{word}                        |
 * | links to it, by type                   | E#{id}                 | L#<{type}#{from}                |
 * | what it contributes to which features  | E#{id}                 | C                               |
 * | facts about a feature, by record       | E#{feature}            | F#{record}                      |
 * | every item that was ever in a cycle    | E#{cycle}              | M#{item}                        |
 * | a feature's timeline                   | Z#{feature}            | {at}#{fact}                     |
 * | what was counted of a day of a metric  | O#{metric}             | {yyyy-mm-dd}                    |
 * | a feature as shown                     | E#{feature}            | V                               |
 * | its place among those changed last     | E#{feature}            | R                               |
 * | its place among the newest             | E#{release}            | R                               |
 * | what was shown of it until then        | E#{feature}            | V#{until}#{version}             |
 * | the board as it stood then, counted    | H                      | {at}                            |
 * | its features, a stage page by page     | H#{at}                 | {stage}#{last of the page}      |
 * | status words of a connection           | W#{connection}         | V                               |
 * | what people assert of a feature        | E#{feature}            | S                               |
 * | updates posted, oldest first           | E#{about}              | U#{at}#{update}                 |
 * | what a person decided about a link     | E#{from}               | D#{type}#{to}                   |
 * | a link that is suggested, or was       | E#{from}               | Q#{type}#{to}                   |
 * | what has a word in its name            | NW#{product}#{word}    | {id}                            |
 * | who is called so                       | K#{alias}              | A#{id}                          |
 * | who points to that name                | K#{alias}              | R#{id}                          |
 * | a stream's cursor, lease and last run  | C#{connection}         | {stream}#{scope}                |
 * | what a stream's last census found      | Y#{connection}         | {stream}#{scope}                |
 * | a connection's renewal under way       | G#{connection}         | R                               |
 * | when its first reads were asked for     | G#{connection}         | F                               |
 * | its share of requests, taken in slices  | G#{connection}         | B                               |
 * | when its credential ends, requests left | G#{connection}         | A                               |
 * | records that flow figures count        | F#{product}            | {week or open}#{hex digit}      |
 * | when its webhooks at the vendor end     | G#{connection}         | H                               |
 * | whether it was late when last looked at | G#{connection}        | L                               |
 * | how its last replay ended              | G#{connection}         | Z                               |
 * | webhook deliveries seen                | D#{connection}         | {delivery}                      |
 * | webhook receipts of a connection       | W#{connection}         | A                               |
 * | records set aside, oldest first        | Q#{connection}         | {at}#{id}                       |
 * | a job that waits, or waited            | J#{connection}         | {digest of the job}             |
 * | an event                               | I#{event}              | A                               |
 * | a test event that somebody asked for   | I#{event}              | T                               |
 * | an endpoint that events are sent to    | WH#{endpoint}          | A                               |
 * | how far its deliveries got             | WH#{endpoint}          | S                               |
 * | how its last replay ended              | WH#{endpoint}          | Z                               |
 * | a delivery of an event to it           | WH#{endpoint}          | D#{delivery}                    |
 * | how far events were handed to endpoints | M                     | H                               |
 * | a product of the config, as last seen  | M                      | D#{slug}                        |
 * | entities that a payload brought        | T#recorded             | {recordedAt}#{digest of them}   |
 * | entities that a batch announced        | T#announced            | {announcedAt}#{digest of them}  |
 * | up to where the feed lost nothing      | M                      | F                               |
 * | whose person an account is             | E#{account}            | P                               |
 * | a person                               | P#{person}             | A                               |
 * | accounts with that identity key        | U#{key}                | {account}                       |
 * | the answer to a request that names itself | RQ#{identity}       | {name}                          |
 * | the mapping in force                   | M                      | A                               |
 * | mapping of a connection's archive      | M                      | C#{connection}                  |
 * | the key of hashed addresses            | M                      | K                               |
 * | the declared people in force           | M                      | P                               |
 * | a declared person, as last applied     | M                      | P#{slug}                        |
 * | the declared objectives in force       | M                      | O                               |
 * | what could be seen at the last sweep   | M                      | S                               |
 * | how far releases are listed by their day | M                    | L                               |
 * | the rules in force, and a review's end | M                      | R                               |
 * | how far an output got                  | O#{output}             | A                               |
 * | what an output refused for good        | O#{output}             | R#{event}                       |
 * | a key, session, sign-in or share link  | A#{digest of its secret} | A                             |
 * | a member                               | A#member#{digest}      | A                               |
 * | an act of the audit log                | A#log#{yyyy-mm-dd}     | {at}#{id}                       |
 * | list: keys, sessions or links, by id   | A#{kind}               | {id}                            |
 * | list: members, by id                   | A#member               | {id}                            |
 * | list: the audit log                    | A#log                  | {at}#{id}                       |
 * | how far the schedule of a report got   | R#{report}             | A                               |
 * | what somebody asked of it beside that  | R#{report}             | W#{run or test}#{who}           |
 * | a report of one period                 | R#{report}#{period}    | A                               |
 * | what it remembers of features          | R#{report}#{period}    | S#{first feature of the page}   |
 * | one of its deliveries                  | R#{report}#{period}    | D#{recipient}                   |
 * | views that somebody saved              | S                      | {name}                          |
 * | list: entities of a kind, by id        | N#{kind}#{hex digit}   | {id}                            |
 * | list: names by their words             | K#{two letters}        | {word}#{id}                     |
 * | list: vocabulary of a connection       | W#{connection}         | {id}                            |
 * | list: features by headline             | B#{stage or none}      | {product}#{rank}#{due}#{id}     |
 * | list: features by last change          | U#features             | {updatedAt}#{id}                |
 * | list: releases by their day            | U#releases             | {day or -}#{id}                 |
 * | list: views that ended on a day        | V#{yyyy-mm-dd}         | {until}#{feature}#{version}     |
 * | list: persons by state and name        | P#{state}              | {name}#{id}                     |
 * | list: change log of a day              | X#{yyyy-mm-dd}         | {loggedAt}#{order}#{event}      |
 * | list: suggested links, surest first    | RV                     | {doubt}#{from}#{type}#{to}      |
 * | list: records set aside and waiting    | Q#{connection}         | {at}#{id}                       |
 * | list: webhook endpoints                | WH                     | {endpoint}                      |
 * | list: deliveries to an endpoint        | WH#{endpoint}          | {queuedAt}#{delivery}           |
 * | due: deliveries to an endpoint         | WH#{endpoint}          | {at}#{place in the log}#{delivery} |
 * | due: features that time may change     | T#features             | {nextChangeAt}#{id}             |
 * | due: jobs of a connection that wait     | J#{connection}         | {at}#{digest of the job}        |
 * | list: reports by period                | R#{report}             | {period}                        |
 * | due: deliveries of reports             | T#reports              | {at}#{report}#{period}#{recipient} |
 * | due: changes of stage, as logged       | S                      | {loggedAt}#{order}#{event}      |
 *
 * The start of the lists of a kind and two keys beside them are in `ports/counted.ts`, since adapters index rows by them.
 *
 * Ids, stages, kinds and times hold no `#`; free texts (aliases, scopes, delivery ids) stand last in their key or are
 * encoded, so no two lists of parts give one key.
 */
export const SHARDS = [..."0123456789abcdef"] as const;

const LONGEST = 400;

/** Any text as part of a key: encoded, and where it is too long its start with a digest of all of it. */
const free = (text: string): string => {
  const encoded = encodeURIComponent(text.toWellFormed());
  if (encoded.length <= LONGEST) return encoded;
  return `${encoded.slice(0, LONGEST - 40)}~${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
};

export const entityKey = (id: string): Place => ({ pk: `E#${id}`, sk: "A" });
export const historyKey = (id: string, at: Instant, entry: string): Place => ({
  pk: `E#${id}`,
  sk: `H#${at}#${free(entry)}`,
});
export const contributionKey = (id: string): Place => ({ pk: `E#${id}`, sk: BESIDE.contribution });
export const factsKey = (feature: string, record: string): Place => ({ pk: `E#${feature}`, sk: `F#${record}` });
export const cyclePartKey = (cycle: string, item: string): Place => ({ pk: `E#${cycle}`, sk: `M#${item}` });
export const recencyKey = (id: string): Place => ({ pk: `E#${id}`, sk: "R" });
export const searchWordKey = (id: string, word: string): Place => ({ pk: `E#${id}`, sk: `N#${word}` });
export const replyKey = (identity: string, name: string): Place => ({ pk: `RQ#${free(identity)}`, sk: free(name) });
export const viewKey = (feature: string): Place => ({ pk: `E#${feature}`, sk: BESIDE.view });
export const saidKey = (feature: string): Place => ({ pk: `E#${feature}`, sk: "S" });
export const updateKey = (about: string, at: Instant, update: string): Place => ({
  pk: `E#${about}`,
  sk: `U#${at}#${update}`,
});
export const decisionKey = (from: string, type: LinkType, to: string): Place => ({
  pk: `E#${from}`,
  sk: `D#${type}#${to}`,
});
export const suggestionKey = (from: string, type: LinkType, to: string): Place => ({
  pk: `E#${from}`,
  sk: `Q#${type}#${to}`,
});
export const nameWordKey = (product: string, word: string, id: string): Place => ({
  pk: partition.ofNameWord(product, word),
  sk: id,
});
/** @param version of the view that was shown until then */
export const pastViewKey = (feature: string, until: Instant, version: number): Place => ({
  pk: `E#${feature}`,
  sk: `V#${until}#${versionText(version)}`,
});
export const keptBoardKey = (at: Instant): Place => ({ pk: "H", sk: at });
export const boardPageKey = (at: Instant, stage: string, last: string): Place => ({
  pk: `H#${at}`,
  sk: `${stage}#${last}`,
});
/** @param fact of the record that tells it, and which of its lines of that moment */
export const timelineKey = (feature: string, at: Instant, fact: string): Place => ({
  pk: `Z#${feature}`,
  sk: `${at}#${fact}`,
});
export const flowKey = (product: string, bucket: string, record: string): Place => ({
  pk: partition.ofFlow(product),
  sk: `${bucket}#${record.slice(record.indexOf("_") + 1)[0]}`,
});
export const tallyKey = (metric: string, day: string): Place => ({ pk: `O#${metric}`, sk: day });
export const linkOutKey = (from: string, type: LinkType, to: string): Place => ({
  pk: `E#${from}`,
  sk: `L#>${type}#${to}`,
});
export const linkInKey = (to: string, type: LinkType, from: string): Place => ({
  pk: `E#${to}`,
  sk: `L#<${type}#${from}`,
});
export const aliasKey = (alias: string, id: string): Place => ({ pk: `K#${free(alias)}`, sk: `A#${id}` });
export const referrerKey = (alias: string, id: string): Place => ({ pk: `K#${free(alias)}`, sk: `R#${id}` });
export const streamKey = (connection: string, stream: string, scope: string): Place => ({
  pk: `C#${connection}`,
  sk: `${stream}#${free(scope)}`,
});
export const censusKey = (connection: string, stream: string, scope: string): Place => ({
  pk: `Y#${connection}`,
  sk: `${stream}#${free(scope)}`,
});
export const renewalKey = (connection: string): Place => ({ pk: `G#${connection}`, sk: "R" });
export const backfillKey = (connection: string): Place => ({ pk: `G#${connection}`, sk: "F" });
export const budgetKey = (connection: string): Place => ({ pk: `G#${connection}`, sk: "B" });
export const credentialKey = (connection: string): Place => ({ pk: `G#${connection}`, sk: "A" });
export const hooksKey = (connection: string): Place => ({ pk: `G#${connection}`, sk: "H" });
export const deliveryKey = (connection: string, delivery: string): Place => ({
  pk: `D#${connection}`,
  sk: free(delivery),
});
export const wordsKey = (connection: string): Place => ({ pk: `W#${connection}`, sk: "V" });
export const receiptKey = (connection: string): Place => ({ pk: `W#${connection}`, sk: "A" });
export const quarantineKey = (connection: string, at: Instant, id: string): Place => ({
  pk: `Q#${connection}`,
  sk: `${at}#${id}`,
});
export const deferredKey = (connection: string, job: string): Place => ({ pk: `J#${connection}`, sk: job });
export const eventKey = (event: string): Place => ({ pk: `I#${event}`, sk: "A" });
export const savedViewKey = (name: string): Place => ({ pk: partition.ofSavedViews, sk: free(name.toLowerCase()) });
export const recordedKey = (at: Instant, digest: string): Place => ({ pk: "T#recorded", sk: `${at}#${digest}` });
export const announcedKey = (at: Instant, digest: string): Place => ({ pk: "T#announced", sk: `${at}#${digest}` });
export const checkedKey: Place = { pk: "M", sk: "F" };
export const outputKey = (output: string): Place => ({ pk: `O#${output}`, sk: "A" });
export const refusedKey = (output: string, event: string): Place => ({ pk: `O#${output}`, sk: `R#${event}` });
export const testEventKey = (event: string): Place => ({ pk: `I#${event}`, sk: "T" });
export const latenessKey = (connection: string): Place => ({ pk: `G#${connection}`, sk: "L" });
export const connectionReplayKey = (connection: string): Place => ({ pk: `G#${connection}`, sk: "Z" });
export const declaredProductKey = (slug: string): Place => ({ pk: "M", sk: `D#${slug}` });
export const endpointKey = (endpoint: string): Place => ({ pk: `WH#${endpoint}`, sk: "A" });
export const endpointProgressKey = (endpoint: string): Place => ({ pk: `WH#${endpoint}`, sk: "S" });
export const endpointReplayKey = (endpoint: string): Place => ({ pk: `WH#${endpoint}`, sk: "Z" });
export const webhookDeliveryKey = (endpoint: string, delivery: string): Place => ({
  pk: `WH#${endpoint}`,
  sk: `D#${delivery}`,
});
export const handedOutKey: Place = { pk: "M", sk: "H" };
export const sightsKey: Place = { pk: "M", sk: "S" };
export const releasesListedKey: Place = { pk: "M", sk: "L" };
export const rulesKey: Place = { pk: "M", sk: "R" };
export const identifiedKey = (account: string): Place => ({ pk: `E#${account}`, sk: "P" });
export const personKey = (person: string): Place => ({ pk: `P#${person}`, sk: "A" });
export const sharerKey = (identityKey: string, account: string): Place => ({
  pk: partition.ofIdentityKey(identityKey),
  sk: account,
});
export const identityKeyKey: Place = { pk: "M", sk: "K" };
export const peopleKey: Place = { pk: "M", sk: "P" };
export const declaredKey = (slug: string): Place => ({ pk: "M", sk: `P#${slug}` });
export const planKey: Place = { pk: "M", sk: "O" };
export const accessKey = (digest: string): Place => ({ pk: `A#${digest}`, sk: "A" });
export const memberKey = (digest: string): Place => ({ pk: `A#member#${digest}`, sk: "A" });
export const auditKey = (at: Instant, id: string): Place => ({ pk: `A#log#${at.slice(0, 10)}`, sk: `${at}#${id}` });
export const mappingKey: Place = { pk: "M", sk: "A" };
export const mappedKey = (connection: string): Place => ({ pk: "M", sk: `C#${connection}` });

export const reportKey = (report: string): Place => ({ pk: `R#${report}`, sk: "A" });
export const reportAskKey = (report: string, what: "run" | "test", who: string): Place => ({
  pk: partition.ofReport(report),
  sk: `W#${what}#${free(who)}`,
});
export const reportRunKey = (report: string, run: string): Place => ({
  pk: partition.ofReportRun(report, run),
  sk: "A",
});
export const snapshotKey = (report: string, run: string, first: string): Place => ({
  pk: partition.ofReportRun(report, run),
  sk: `S#${first}`,
});
export const reportDeliveryKey = (report: string, run: string, recipient: string): Place => ({
  pk: partition.ofReportRun(report, run),
  sk: `D#${free(recipient)}`,
});

export const partition = {
  ofEntity: (id: string) => `E#${id}`,
  ofAlias: (alias: string) => `K#${free(alias)}`,
  ofIdentityKey: (key: string) => `U#${free(key)}`,
  ofRecorded: "T#recorded",
  ofAnnounced: "T#announced",
  ofBoards: "H",
  ofBoard: (at: Instant) => `H#${at}`,
  ofNameWord: (product: string, word: string) => `NW#${product}#${free(word)}`,
  ofFlow: (product: string) => `F#${product}`,
  ofTimeline: (feature: string) => `Z#${feature}`,
  ofConnection: (connection: string) => `C#${connection}`,
  ofCensuses: (connection: string) => `Y#${connection}`,
  ofReport: (report: string) => `R#${report}`,
  ofReportRun: (report: string, run: string) => `R#${report}#${run}`,
  ofQuarantine: (connection: string) => `Q#${connection}`,
  ofSavedViews: "S",
} as const;

const versionText = (version: number): string => String(version).padStart(9, "0");

/** @param order rises with each event that one publisher logs */
const loggedAs = (loggedAt: Instant, order: number, event: string): string =>
  `${loggedAt}#${String(order).padStart(9, "0")}#${event}`;

export const lists = {
  /** The first hex digit after the prefix is the shard, so walking the shards in order walks the ids in order. */
  ofKind: (kind: Kind, id: string): Place => ({ pk: `${kindLists(kind)}${id.slice(id.indexOf("_") + 1)[0]}`, sk: id }),
  shard: (kind: Kind, digit: string) => `${kindLists(kind)}${digit}`,
  ofRecency: (updatedAt: Instant, id: string): Place => ({ pk: "U#features", sk: `${updatedAt}#${id}` }),
  recency: "U#features",
  /** @param day a day or a moment; `-` for none, which comes before all days */
  ofRelease: (day: string, id: string): Place => ({ pk: "U#releases", sk: `${day}#${id}` }),
  releases: "U#releases",
  ofSearchWord: (word: string, id: string): Place => ({ pk: lists.searchWords(word), sk: `${word}#${id}` }),
  searchWords: (word: string) => `K#${[...word].slice(0, 2).join("")}`,
  ofVocabulary: (connection: string, id: string): Place => ({ pk: `W#${connection}`, sk: id }),
  vocabulary: (connection: string) => `W#${connection}`,
  ofStage: (stage: string, product: string, rank: number, due: string, id: string): Place => ({
    pk: `B#${stage}`,
    sk: `${product}#${rank}#${due}#${id}`,
  }),
  ofPerson: (state: string, name: string, id: string): Place => ({
    pk: `P#${state}`,
    sk: `${free(name.toLowerCase())}#${id}`,
  }),
  ofReportRun: (report: string, run: string): Place => ({ pk: `R#${report}`, sk: run }),
  reportRuns: (report: string) => `R#${report}`,
  persons: (state: string) => `P#${state}`,
  /** @param doubt 100 less the confidence in percent, so that the surest stand first */
  ofSuggestion: (doubt: number, from: string, type: LinkType, to: string): Place => ({
    pk: "RV",
    sk: `${String(doubt).padStart(3, "0")}#${from}#${type}#${to}`,
  }),
  suggestions: "RV",
  ofUnresolved: (connection: string, at: Instant, id: string): Place => ({ pk: `Q#${connection}`, sk: `${at}#${id}` }),
  unresolved: (connection: string) => `Q#${connection}`,
  ofChange: (loggedAt: Instant, order: number, event: string): Place => ({
    pk: `X#${loggedAt.slice(0, 10)}`,
    sk: loggedAs(loggedAt, order, event),
  }),
  ofCredential: (kind: string, id: string): Place => ({ pk: `A#${kind}`, sk: id }),
  credentials: (kind: string) => `A#${kind}`,
  ofMember: (id: string): Place => ({ pk: "A#member", sk: id }),
  members: "A#member",
  ofAct: (at: Instant, id: string): Place => ({ pk: "A#log", sk: `${at}#${id}` }),
  acts: "A#log",
  ofEndpoint: (endpoint: string): Place => ({ pk: "WH", sk: endpoint }),
  endpoints: "WH",
  ofDelivery: (endpoint: string, queuedAt: Instant, delivery: string): Place => ({
    pk: `WH#${endpoint}`,
    sk: `${queuedAt}#${delivery}`,
  }),
  deliveriesTo: (endpoint: string) => `WH#${endpoint}`,
  changesOf: (day: string) => `X#${day}`,
  ofPast: (until: Instant, feature: string, version: number): Place => ({
    pk: `V#${until.slice(0, 10)}`,
    sk: `${until}#${feature}#${versionText(version)}`,
  }),
  pastOf: (day: string) => `V#${day}`,
  stage: (stage: string) => `B#${stage}`,
} as const;

export const dues = {
  job: (at: Instant, connection: string, job: string): Place => ({ pk: `J#${connection}`, sk: `${at}#${job}` }),
  jobs: (connection: string) => `J#${connection}`,
  delivery: (endpoint: string, at: Instant, order: string, delivery: string): Place => ({
    pk: `WH#${endpoint}`,
    sk: `${at}#${order}#${delivery}`,
  }),
  deliveriesTo: (endpoint: string) => `WH#${endpoint}`,
  feature: (at: Instant, id: string): Place => ({ pk: "T#features", sk: `${at}#${id}` }),
  stageChange: (loggedAt: Instant, order: number, event: string): Place => ({
    pk: "S",
    sk: loggedAs(loggedAt, order, event),
  }),
  stageChanges: "S",
  reportDelivery: (at: Instant, report: string, run: string, recipient: string): Place => ({
    pk: "T#reports",
    sk: `${at}#${report}#${run}#${free(recipient)}`,
  }),
  reportDeliveries: "T#reports",
} as const;

/** The entity that a row of an entity's partition belongs to, or undefined for other rows. */
export const entityOf = (pk: string): string | undefined => (pk.startsWith("E#") ? pk.slice(2) : undefined);
