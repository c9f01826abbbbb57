import { expect, it } from "vitest";
import type { Connector } from "../../shared/connector/contract.ts";
import { maybeInstant } from "../../shared/domain/instant.ts";
import { comparison, draftsIn, isObject, recordingsOf } from "./recordings.ts";

const instantOf = (told: unknown): unknown => (typeof told === "string" ? maybeInstant(told) : undefined);

const STATUS: Readonly<Record<string, string>> = {
  DRAFT: "draft",
  save: "draft",
  schedule: "scheduled",
  sent: "sent",
  paused: "paused",
};

/**
 * Reads everything that was recorded of a vendor, and compares it with how the other tool read it.
 *
 * @param streams which stream an answer to a path belongs to; answers to anything else hold none of our records
 * @param atLeast how many values must have been compared
 */
export const readsRecordings = (
  declared: Connector<never>,
  streams: readonly (readonly [path: RegExp, stream: string])[],
  atLeast: number,
): void => {
  const { present, files, answers, readings } = recordingsOf(declared.id);
  const { compare, agree } = comparison(declared.id);

  it.skipIf(!present)(`reads what was recorded of ${declared.title} as the other tool reads it`, () => {
    let records = 0;
    for (const file of files) {
      const theirs = new Map(readings(file).map((one) => [one["id"], one]));
      for (const { path, response } of answers(file)) {
        const stream = streams.find(([pattern]) => pattern.test(path))?.[1];
        if (stream === undefined || !isObject(response) || isDeleted(response)) continue;
        for (const { external, fields, createdAt, updatedAt } of draftsIn(declared, stream, response)) {
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
};

const isDeleted = (response: Readonly<Record<string, unknown>>): boolean => Object.keys(response).length === 0;
const lengthOf = (list: unknown): number | undefined => (Array.isArray(list) ? list.length : undefined);
const nameIn = (stream: string, ours: Readonly<Record<string, unknown>>): unknown =>
  stream === "audiences" ? String(ours["name"]).replace("Audience: ", "") : ours["name"];
