import { deflateRawSync, inflateRawSync } from "node:zlib";
import { HubError } from "../connector/errors.ts";
import type { Place, Query, Row } from "./table.ts";

type Text = { readonly S: string } | { readonly N: string };
type Bytes = { readonly B: Uint8Array };

/** An attribute as it comes: from the table with bytes, from the stream that Lambda reads with base64. */
interface Attribute {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: Uint8Array | string | undefined;
}

/** Longer JSON is compressed: writes are billed by the KB. */
const TEXT_AT_MOST = 1024;
/** Of pk and sk in the table and in each place, in bytes. */
const KEY_AT_MOST = { pk: 2048, sk: 1024 } as const;
/** Without what a table adds of its own. */
const ITEM_AT_MOST = 400 * 1024 - 64;
/** However well it compresses. */
const JSON_AT_MOST = 16 * 1024 * 1024;
/** JSON of so many characters fits, whatever they are and whatever its keys are. */
const FITS = 128 * 1024;

/** A row as attributes, its data one JSON text. */
export const textImage = (row: Row, json = JSON.stringify(row.data)): Record<string, Text> => ({
  ...frame(row),
  data: { S: json },
});

/**
 * A row as the table on AWS holds it: its data one JSON text, compressed (deflate) where it is long.
 *
 * @throws HubError row_key_invalid | row_too_large
 */
export const storedImage = (row: Row, json = JSON.stringify(row.data)): Record<string, Text | Bytes> => {
  checkKeys(row);
  const length = json.length > JSON_AT_MOST ? json.length : Buffer.byteLength(json);
  if (length > JSON_AT_MOST) throw tooLarge(row, length, JSON_AT_MOST);
  if (length <= TEXT_AT_MOST) return textImage(row, json);
  const image = { ...frame(row), zip: { B: deflateRawSync(json) } };
  const size = sizeOf(image);
  if (size > ITEM_AT_MOST) throw tooLarge(row, size, ITEM_AT_MOST);
  return image;
};

/**
 * Refuses what the table on AWS could not hold, so that every table refuses the same.
 *
 * @throws HubError row_key_invalid | row_too_large
 */
export const checkRow = (row: Row, json: string): void => {
  if (json.length > FITS) storedImage(row, json);
  else checkKeys(row);
};

/** @throws HubError row_key_invalid: a place in the order that no key can have */
export const checkQuery = ({ after = "", upTo = "" }: Query): void => {
  for (const bound of [after, upTo])
    if (isLonger(bound, KEY_AT_MOST.sk)) throw invalidKey(`a bound of a query has at most ${KEY_AT_MOST.sk} bytes`);
};

/** The row of an image, compressed or not. */
export const rowOf = (image: Readonly<Record<string, Attribute | undefined>>): Row => {
  const text = (name: string) => image[name]?.S ?? "";
  const place = (name: string): Place | undefined =>
    image[`${name}Pk`] === undefined ? undefined : { pk: text(`${name}Pk`), sk: text(`${name}Sk`) };
  const list = place("list");
  const due = place("due");
  const zip = image["zip"]?.B;
  return {
    pk: text("pk"),
    sk: text("sk"),
    version: Number(image["version"]?.N),
    data: JSON.parse(zip === undefined ? text("data") : unzipped(zip)),
    ...(list && { list }),
    ...(due && { due }),
    ...(image["expiresAt"] !== undefined && { expiresAt: Number(image["expiresAt"].N) }),
  };
};

/** Whether a row may stand there at all. */
export const isKey = ({ pk, sk }: Place): boolean => isText(pk, KEY_AT_MOST.pk) && isText(sk, KEY_AT_MOST.sk);

/** All of a row but its data. */
const frame = ({ pk, sk, version, list, due, expiresAt }: Row): Record<string, Text> => ({
  pk: { S: pk },
  sk: { S: sk },
  version: { N: String(version) },
  ...(list && { listPk: { S: list.pk }, listSk: { S: list.sk } }),
  ...(due && { duePk: { S: due.pk }, dueSk: { S: due.sk } }),
  ...(expiresAt !== undefined && { expiresAt: { N: String(expiresAt) } }),
});

const unzipped = (zip: Uint8Array | string): string =>
  inflateRawSync(typeof zip === "string" ? Buffer.from(zip, "base64") : zip, {
    maxOutputLength: JSON_AT_MOST,
  }).toString();

const checkKeys = (row: Row): void => {
  for (const [name, place] of [
    ["key", row] as const,
    ["list place", row.list] as const,
    ["due place", row.due] as const,
  ])
    if (place !== undefined && !isKey(place))
      throw invalidKey(
        `the ${name} of a row has parts of 1 to ${KEY_AT_MOST.pk} and ${KEY_AT_MOST.sk} bytes, this one ${Buffer.byteLength(place.pk)} and ${Buffer.byteLength(place.sk)}`,
      );
};

const isText = (text: string, most: number): boolean => text !== "" && !isLonger(text, most) && text.isWellFormed();

/** In bytes of UTF-8, of which a character of a string takes three at most. */
const isLonger = (text: string, most: number): boolean => text.length * 3 > most && Buffer.byteLength(text) > most;

/** As AWS counts: names and values. */
export const sizeOf = (image: Readonly<Record<string, Text | Bytes>>): number =>
  Object.entries(image).reduce((sum, [name, value]) => {
    if ("B" in value) return sum + name.length + value.B.byteLength;
    return sum + name.length + ("S" in value ? Buffer.byteLength(value.S) : value.N.length + 1);
  }, 0);

const invalidKey = (why: string): HubError => new HubError("row_key_invalid", why, { retry: "never" });

const tooLarge = ({ pk }: Row, bytes: number, most: number): HubError =>
  new HubError("row_too_large", `a row under ${pk.slice(0, 80)} has ${bytes} bytes, ${most} are allowed`, {
    retry: "never",
    details: { bytes },
  });
