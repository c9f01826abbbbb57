import { describe, expect, it } from "vitest";
import hubspot from "../../connectors/hubspot/index.ts";
import mailchimp from "../../connectors/mailchimp/index.ts";
import typeform from "../../connectors/typeform/index.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { comparison, draftsIn, isObject, recordingsOf } from "./recordings.ts";

/** Which stream an answer to a path belongs to; answers to anything else hold none of our records. */
const STREAMS = {
  hubspot: [
    [/^\/marketing\/v3\/emails(\/\d+)?$/, "emails"],
    [/^\/crm\/v3\/objects\/companies(\/\d+|\/search)?$/, "companies"],
  ],
  mailchimp: [
    [/^\/3\.0\/campaigns(\/\w+)?$/, "campaigns"],
    [/^\/3\.0\/lists(\/\w+)?$/, "audiences"],
    [/^\/3\.0\/automations$/, "automations"],
  ],
  typeform: [[/^\/forms(\/\w+)?$/, "forms"]],
} as const;

const instantOf = (told: unknown): unknown => (typeof told === "string" ? maybeInstant(told) : undefined);

const STATUS: Readonly<Record<string, string>> = {
  DRAFT: "draft",
  save: "draft",
  schedule: "scheduled",
  sent: "sent",
  paused: "paused",
};

const VENDORS = [
  ["hubspot", hubspot as never, 150],
  ["mailchimp", mailchimp as never, 40],
  ["typeform", typeform as never, 3],
] as const;

describe.each(VENDORS)("recorded exchanges with %s", (vendor, connector, atLeast) => {
  const { present, files, answers, readings } = recordingsOf(vendor);
  const { compare, agree } = comparison(vendor);

  it.skipIf(!present)("are all read, and as the other tool reads them", () => {
    let records = 0;
    for (const file of files) {
      const theirs = new Map(readings(file).map((one) => [one["id"], one]));
      for (const { path, response } of answers(file)) {
        const stream = STREAMS[vendor].find(([pattern]) => pattern.test(path))?.[1];
        if (stream === undefined || !isObject(response) || isDeleted(response)) continue;
        for (const { external, fields, createdAt, updatedAt } of draftsIn(connector, stream, response)) {
          records += 1;
          const reading = theirs.get(external.id);
          if (reading === undefined) continue;
          const ours = fields as Readonly<Record<string, unknown>>;
          const status = ours["status"] as { readonly category?: string } | undefined;
          const told = reading["settings"] as Readonly<Record<string, unknown>> | undefined;
          const recipients = reading["recipients"] as Readonly<Record<string, unknown>> | undefined;
          const isCampaign = stream === "emails" || stream === "campaigns";
          compare(`${file} ${external.id}`, [
            ["name", stream === "companies" ? undefined : reading["name"], nameIn(stream, ours)],
            ["title", stream === "forms" ? reading["title"] : undefined, ours["title"]],
            ["subject", isCampaign ? (reading["subject"] ?? told?.["subject_line"]) : undefined, ours["subject"]],
            [
              "status",
              isCampaign ? STATUS[String(reading["state"] ?? reading["status"])] : undefined,
              status?.category,
            ],
            ["audience", recipients?.["list_name"], ours["audience"]],
            ["audience size", recipients?.["recipient_count"], ours["audienceSize"]],
            ["createdAt", instantOf(reading["createdAt"] ?? reading["create_time"]), createdAt],
            ["updatedAt", stream === "emails" ? instantOf(reading["updatedAt"]) : undefined, updatedAt],
            ["sentAt", instantOf(reading["send_time"]), ours["sentAt"] ?? ours["scheduledAt"]],
            ["questions", stream === "forms" ? lengthOf(reading["fields"]) : undefined, lengthOf(ours["questions"])],
          ]);
        }
      }
    }
    expect(records).toBeGreaterThan(1);
    agree(atLeast);
  });
});

const isDeleted = (response: Readonly<Record<string, unknown>>): boolean => Object.keys(response).length === 0;
const lengthOf = (list: unknown): number | undefined => (Array.isArray(list) ? list.length : undefined);
const nameIn = (stream: string, ours: Readonly<Record<string, unknown>>): unknown =>
  stream === "audiences" ? String(ours["name"]).replace("Audience: ", "") : ours["name"];
