import { endedAs, type LatestRun, latestRun, ran } from "./latest-run.ts";
import { code, page, sentence, table } from "./markdown.ts";
import { numbered, type Proof, proofsOf } from "./proof-titles.ts";

interface Threat {
  /** What somebody might do. */
  readonly what: string;
  /** What stands against it. */
  readonly against: string;
}

export const THREATS: readonly string[] = numbered("T", 34);

const ROWS: readonly Threat[] = [
  {
    what: "a webhook that the tool never sent",
    against:
      "a secret is required; the signature is checked over the raw bytes before anything is read, kept or queued",
  },
  {
    what: "a real webhook, sent again",
    against:
      "the id of a delivery is remembered for 30 days; what is not newer changes nothing; five minutes of tolerance where the tool signs a time",
  },
  {
    what: "a secret guessed byte by byte, by the time that an answer takes",
    against: "both sides are hashed, then compared in constant time, in one place",
  },
  {
    what: "an old secret, or that of another connection",
    against: "a list of secrets for each connection; what is taken out of the list is refused at once",
  },
  {
    what: "a weaker signature in place of the right one",
    against: "one scheme for each tool; a bad signature is not mended by a token that comes along",
  },
  {
    what: "a request that is too large, too slow or has too many headers",
    against: "limits on sizes before anything is parsed; limits of the gateway and of Node on headers and time",
  },
  {
    what: "a few packed kilobytes that unpack to gigabytes",
    against: "what a stranger sends is never unpacked; a tool's answer is unpacked to 64 MB and no further",
  },
  {
    what: "JSON made to break a parser",
    against:
      "depth is counted before parsing, UTF-8 is strict, ids stay text; what cannot be read is refused or set aside",
  },
  {
    what: "a body that changes the prototype of all objects",
    against: "records pass a schema and name their fields; nothing is merged into an object by names from outside",
  },
  {
    what: "an address that leads the hub into its own network, or a credential to another host",
    against:
      "https, one host for each connection, no redirects, links of pages only on that host; outgoing webhooks reach public addresses alone",
  },
  {
    what: "markup in a title that runs in somebody's browser",
    against:
      "pages escape everything; only http, https and mailto become links; a content security policy without anything inline",
  },
  {
    what: "mentions, links or headers in a text that is sent to Slack, Teams or by mail",
    against: "texts are escaped for each channel; links are the hub's own",
  },
  { what: "a cell that a spreadsheet runs as a formula", against: "cells that begin like a formula get an apostrophe" },
  {
    what: "a ticket that gives orders to an assistant",
    against: "its tools only read; text of tools is marked as such; products come from the key alone",
  },
  {
    what: "records of another product",
    against: "one gate for every page and operation; what lies outside answers like what is not there, to the letter",
  },
  { what: "two texts that become one key", against: "each part of a key is encoded, in one file" },
  {
    what: "a cursor that was changed or is somebody else's",
    against: "cursors are signed over key, filters, reader and end",
  },
  {
    what: "a secret in a log, an error, a page or an export",
    against: "logs have a closed list of fields; keys are stored as digests; errors have words of our own",
  },
  {
    what: "a tool that repeats the credential in its answer",
    against: "bodies and headers of answers reach no error and no log",
  },
  {
    what: "a function on AWS that may do more than it does",
    against: "explicit actions on named resources, equal to what a whole run was seen to use",
  },
  { what: "events that somebody else puts on the bus", against: "only the role that publishes may speak as the hub" },
  {
    what: "messages that somebody else puts into a queue",
    against:
      "queues take messages of the hub's own roles; a message only names an archived payload, whose digest is its address",
  },
  {
    what: "a text over which a regular expression never ends",
    against: "no repetition of what repeats; every expression of the sources is linear over texts made to hold it up",
  },
  {
    what: "a query, path or filter broken by a word of the config",
    against: "words are checked by pattern, sent as variables or encoded",
  },
  {
    what: "a text that forges a line of a log or moves a terminal's cursor",
    against: "one line of JSON for each entry, control signs escaped; none on a terminal",
  },
  {
    what: "another site's page that acts with somebody's session",
    against: "a token of the session in each form, origins are checked, cookies no script reads, no frame holds a page",
  },
  {
    what: "a hub on a laptop that others reach",
    against: "it listens on this machine alone, answers to its own names, keeps its files for its owner",
  },
  {
    what: "a package that brings harm",
    against:
      "exact versions, digests in the lock file, install scripts and licences from a list, a list of what is installed for each release",
  },
  {
    what: "a build that somebody else takes over",
    against: "what is locked is installed and nothing else is run; builds have no secrets",
  },
  {
    what: "requests that cost money",
    against: "limits for each key and route, bounded concurrency, a budget for each tool",
  },
  {
    what: "a token of a tool that may do more than read",
    against: "only reads are made of it; each connector's page names the least right for each stream",
  },
  { what: "a right that was taken away and still works", against: "nothing is remembered between requests" },
  { what: "people in what is kept", against: "addresses are stored as keyed digests; who is removed leaves an id" },
  {
    what: "a name that leads to another file",
    against: "names of files are checked or encoded; archived payloads are addressed by their digest",
  },
];

const listOf = (proofs: readonly Proof[], run: LatestRun | undefined): string =>
  proofs
    .map((proof) => `- ${sentence(proof.title)} [${code(proof.file)}](../${proof.file})${endedAs(proof, run)}`)
    .join("\n");

/** `docs/security.md`. */
export const securityPage = (root: string): string => {
  const proofs = proofsOf(root, "T");
  const run = latestRun(root);
  const of = (id: string): Proof[] => proofs.filter(({ ids }) => ids.includes(id));
  return page(
    "# Security",
    "What somebody might try, what stands against it, and the tests that fail when it does not. The strongest attacker that is\nreckoned with is whoever can write a ticket, an issue or a form: any customer of a customer. Others are somebody who knows the hub's\naddress, a member of another product's team, a tool that was taken over, a package, and somebody with rights over the config.",
    "Who may see what: [access.md](access.md). How to report a vulnerability: [SECURITY.md](../SECURITY.md).",
    "## Threats",
    table(
      ["", "threat", "what stands against it", "tests"],
      THREATS.map((id, at) => [id, ROWS[at]?.what ?? "", ROWS[at]?.against ?? "", String(of(id).length)]),
    ),
    "## What does not hold",
    [
      "- Archived payloads are kept until somebody deletes them, since everything can be made anew from them. `throughline people erase` takes one person out of a data folder or, with `--env`, out of the stores of a hub on AWS, but for the table's backups (35 days) and the archive of the bus (30 days); what a tool still tells comes back.",
      "- Limits of requests are counted by each process for itself.",
      "- Whoever may write to the store, the data folder or the table on AWS, can make themselves a key.",
      "- Tools that do not sign their bodies (Figma, Mailchimp, PostHog, Jira's OAuth apps) prove the sender alone: their webhooks only have records read again; a deletion is believed once the tool, asked, has the record no more.",
      "- A token that may write is taken; the hub only reads with it. `connect` and `doctor` warn where the tool tells its rights: classic tokens of GitHub, Slack. Others tell none.",
    ].join("\n"),
    "## Tests",
    "A title stands for a test or for a group of them; `%s` for the rows of a table of cases. `npx vitest run -t T07` runs one number.",
    ran(run),
    ...THREATS.flatMap((id, at) => [`### ${id}: ${ROWS[at]?.what ?? ""}`, listOf(of(id), run)]),
  );
};
