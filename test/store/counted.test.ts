import { describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { FIELDS, type FieldedKind } from "../../shared/domain/entity.ts";
import { COUNTED, MOMENTS, STANDING, TIMED, TIMED_KINDS } from "../../shared/ports/counted.ts";
import { SAID_KINDS } from "../../shared/store/counted-reads.ts";
import { contributionKey, lists, viewKey } from "../../shared/store/keys.ts";

/** Kinds that have the field of a place such as `fields.status.category`. */
const kindsWith = (place: string, kinds: readonly FieldedKind[]): readonly FieldedKind[] =>
  kinds.filter((kind) => (place.split(".")[1] ?? "") in FIELDS[kind].shape);
const ALL = Object.keys(FIELDS) as FieldedKind[];

describe("what adapters count rows by", () => {
  it("are the lists and rows that the store writes", () => {
    expect([...SAID_KINDS].sort()).toEqual([...TIMED_KINDS].sort());
    expect(TIMED_KINDS.map((kind) => TIMED.find((start) => lists.shard(kind, "a") === `${start}a`))).toEqual(TIMED);
    for (const kind of ["feature", ...TIMED_KINDS] as const)
      expect(lists.ofKind(kind, "x_a1").pk).toBe(lists.shard(kind, "a"));
    expect(COUNTED.said.beside.sk).toBe(contributionKey("tkt_1").sk);
    expect(COUNTED.feature.beside.sk).toBe(viewKey("ftr_1").sk);
  });

  it("are fields that records have", () => {
    const own = COUNTED.said.own.filter((place) => place.startsWith("fields."));
    for (const place of own) expect([place, kindsWith(place, TIMED_KINDS)]).not.toEqual([place, []]);
    for (const place of STANDING) expect([place, kindsWith(place, ALL)]).not.toEqual([place, []]);
    // Whatever a row is chosen by is told of it too.
    const chosen = [STANDING[0], ...MOMENTS.flat()];
    expect(chosen.filter((place) => !(COUNTED.said.own as readonly string[]).includes(place))).toEqual([]);
  });

  it("stay as they are in databases that exist", () => {
    expect([lists.shard("supportTicket", "a"), viewKey("ftr_1"), contributionKey("tkt_1")]).toEqual([
      "N#supportTicket#a",
      { pk: "E#ftr_1", sk: "V" },
      { pk: "E#tkt_1", sk: "C" },
    ]);
    using db = openDatabase(":memory:");
    sqliteTable(db);
    const indexes = db.prepare("SELECT name, sql FROM sqlite_master WHERE name IN (?, ?) ORDER BY name");
    const [said, standing] = indexes.all("item_said", "item_standing").map(({ sql }) => String(sql));
    const stands =
      "coalesce(data ->> '$.fields.status.category', data ->> '$.fields.state.category', data ->> '$.fields.result.category', 'unknown')";
    // An index counts for a query only where both say the same: another word would leave those of existing databases unused.
    expect(standing).toBe(
      `CREATE INDEX item_standing ON item (list_pk, ${stands}, list_sk) WHERE list_pk > 'N#' AND list_pk < 'N$' AND json_valid(data)`,
    );
    expect(said).toContain(
      `max(coalesce(data ->> '$.fields.at', ''), coalesce(data ->> '$.fields.solvedAt', ''), coalesce(data ->> '$.sourceCreatedAt', data ->> '$.firstSeenAt', '')), ${stands}, pk,`,
    );
    expect(said).toMatch(
      /WHERE \(list_pk GLOB 'N#supportTicket#\*' OR list_pk GLOB 'N#feedback#\*' OR list_pk GLOB 'N#surveyResponse#\*'\) AND json_valid\(data\)$/,
    );
  });
});
