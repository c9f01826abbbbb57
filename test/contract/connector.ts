import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parseJson } from "../../shared/connector/body.ts";
import type { Connector, Delivery, NormaliseContext } from "../../shared/connector/contract.ts";
import { type Draft, FIELDS } from "../../shared/domain/entity.ts";
import { KINDS } from "../../shared/domain/kind.ts";
import { entityOf } from "../../shared/pipeline/entity-of.ts";
import { emailHash } from "../fixtures/email-hash.ts";
import { forgeriesOf } from "./forgeries.ts";

interface Fixture {
  readonly file: string;
  readonly stream: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly drafts: readonly Draft[];
}

/** What the contract needs beside the connector: settings that it accepts, and one webhook of the vendor's. */
export interface Sample {
  /** Settings as in a config file, `webhookSecret` among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly webhook: {
    readonly body: unknown;
    /** The body as it is sent; default its JSON. */
    readonly text?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly receivedAt: Date;
    /** As the vendor called it, where its signature covers that or holds a secret there. */
    readonly url?: string;
    /** Body and address without the secret, where that stands in one of them and not in a header. */
    readonly unsigned?: { readonly body?: unknown; readonly url?: string };
  };
  /** The field that names a record of this stream; default `id`. */
  readonly identity?: (stream: string) => string;
}

const NOW = "2026-03-02T10:00:00.000Z";
const CONTEXT: NormaliseContext = { connectionId: "con_test", statuses: new Map(), emailHash };
const REJECTED = expect.objectContaining({ code: "signature_rejected", retry: "never" });

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const frozen = <Value>(value: Value): Value => {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
};

/** Every path of a JSON value, the deepest last. */
const pathsOf = (value: unknown, at: readonly string[] = []): (readonly string[])[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, part]) => [[...at, key], ...pathsOf(part, [...at, key])])
    : [];

/** A copy with another value at one path; `undefined` takes it away. */
const changed = (value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown => {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((part, at) => (String(at) === key ? changed(part, rest, to) : part));
  const { [key]: part, ...others } = value as Record<string, unknown>;
  return rest.length === 0 && to === undefined ? others : { ...others, [key]: changed(part, rest, to) };
};

/** What every connector must do, whatever its vendor. Fixtures stand in `test/fixtures/<id>`. */
export const testConnector = <Config>(declared: Connector<Config>, sample: Sample): void => {
  const connector = declared as Connector;
  const folder = new URL(`../fixtures/${connector.id}/`, import.meta.url);
  const fixtures = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file): Fixture => {
      const read = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Omit<Fixture, "file" | "stream">;
      return { stream: file.replace(".json", ""), ...read, file };
    });
  const config = connector.config.parse(sample.settings);
  const streamOf = (name: string) => {
    const found = Object.hasOwn(connector.streams, name) ? connector.streams[name] : undefined;
    if (found === undefined) throw new Error(`${connector.id} has no stream ${name}`);
    return found;
  };
  const draftsOf = (stream: string, record: unknown): readonly Draft[] =>
    streamOf(stream).normalise(streamOf(stream).record.parse(record), CONTEXT);

  describe(`the ${connector.title} connector`, () => {
    const shape = z.toJSONSchema(connector.config, { io: "input", unrepresentable: "any" });
    const settings = Object.entries(shape.properties ?? {}) as [string, { description?: string; secret?: boolean }][];

    it("says what it is", () => {
      expect(connector.id).toMatch(/^[a-z][a-z0-9-]{1,30}$/);
      expect(connector.title).not.toBe("");
      expect(connector.docs).toMatch(/^https:\/\//);
    });

    it("describes each setting, marks each secret, and refuses a setting that it does not know", () => {
      expect(settings.length).toBeGreaterThan(0);
      for (const [name, { description, secret }] of settings) {
        expect({ name, described: (description ?? "") !== "" }).toEqual({ name, described: true });
        expect({ name, secret: secret === true }).toEqual({ name, secret: /(token|secret|key|password)$/i.test(name) });
      }
      expect(connector.config.safeParse({ ...sample.settings, notASetting: 1 }).success).toBe(false);
    });

    it("answers where its settings say, over TLS by default, and with its credentials in headers only", () => {
      const { baseUrl: _, ...elsewhere } = sample.settings;
      expect(connector.http(connector.config.parse(elsewhere)).baseUrl).toMatch(/^https:\/\//);
      const http = connector.http(connector.config.parse({ ...elsewhere, baseUrl: "http://127.0.0.1:4200" }));
      expect(http.baseUrl).toBe("http://127.0.0.1:4200");
      expect(http.requestsPerMinute).toBeGreaterThan(0);
    });

    it("declares streams that can be read from a stored cursor", () => {
      expect(Object.keys(connector.streams).length).toBeGreaterThan(0);
      for (const [name, { kinds, poll }] of Object.entries(connector.streams)) {
        expect(name).toMatch(/^[a-z][A-Za-z]{1,30}$/);
        expect(kinds.filter((kind) => !(kind in FIELDS))).toEqual([]);
        expect(kinds.length).toBeGreaterThan(0);
        if (poll === undefined) continue;
        expect(poll.cursor.parse(json(poll.start))).toEqual(poll.start);
        const scopes = poll.scopes?.(config) ?? [""];
        expect(scopes.length).toBeGreaterThan(0);
        expect(new Set(scopes).size).toBe(scopes.length);
      }
    });

    it("has a record on file for each stream", () => {
      expect([...new Set(fixtures.map(({ stream }) => stream))].sort()).toEqual(Object.keys(connector.streams).sort());
    });

    describe.each(fixtures)("a record of its $stream ($file)", ({ stream, record, drafts }) => {
      it("becomes the drafts on file, every time, and is left as it was", () => {
        const { normalise, record: shape } = streamOf(stream);
        const parsed = frozen(shape.parse(frozen(record)));
        const once = json(normalise(parsed, CONTEXT));
        expect(once).toEqual(drafts);
        expect(json(normalise(parsed, CONTEXT))).toEqual(once);
      });

      it("becomes whole entities of the kinds that its stream declares, with refs to kinds that exist", () => {
        for (const draft of draftsOf(stream, record)) {
          expect(streamOf(stream).kinds).toContain(draft.kind);
          const refs = [draft.fields, draft.relations].flatMap((part) => refsIn(part));
          expect(refs.filter(({ kind, noun, id }) => !Object.hasOwn(KINDS, kind) || noun === "" || id === "")).toEqual(
            [],
          );
          const { fields } = entityOf(draft, {
            connectionId: "con_test",
            tool: connector.id,
            productsOf: () => [],
            mappingVersion: 1,
            rawRef: "ref",
            now: NOW,
            receivedAt: NOW,
            how: "read",
          });
          expect(FIELDS[draft.kind].parse(fields)).toEqual(fields);
          expect(draft.external.url).toMatch(/^https?:\/\//);
        }
      });

      it("reads the same with fields that nobody knows", () => {
        const more = { ...record, brandNew: { deep: [1] }, ...(JSON.parse('{"__proto__":{"polluted":1}}') as object) };
        expect(json(draftsOf(stream, more))).toEqual(drafts);
      });

      it("is refused without what names it, and when it is no record", () => {
        const { record: shape } = streamOf(stream);
        const { [sample.identity?.(stream) ?? "id"]: identity, ...nameless } = record;
        expect(identity).toBeDefined();
        for (const wrong of [nameless, null, "text", 7, []]) expect(shape.safeParse(wrong).success).toBe(false);
      });

      it("is read or refused, and never a crash, with any one field gone, empty or of another kind", () => {
        let read = 0;
        for (const path of pathsOf(record)) {
          for (const to of [undefined, null, 7, "text", [], {}]) {
            const parsed = streamOf(stream).record.safeParse(changed(record, path, to));
            if (!parsed.success) continue;
            read += 1;
            expect({ path, to, whole: wholeOrFailure(() => streamOf(stream).normalise(parsed.data, CONTEXT)) }).toEqual(
              { path, to, whole: true },
            );
          }
        }
        expect(read).toBeGreaterThan(0);
      });

      it("is known in the vendor's own list answers, if the stream knows any", () => {
        expect(streamOf(stream).listed?.("no answer")).toBeUndefined();
        expect(streamOf(stream).listed?.(null)).toBeUndefined();
      });
    });

    const { webhook } = connector;
    describe.skipIf(webhook === undefined)("T01 a webhook", () => {
      if (webhook === undefined) return;
      const { signature } = webhook;
      const { receivedAt } = sample.webhook;
      const { unsigned } = sample.webhook;
      const bytesOf = (text: string) => new TextEncoder().encode(text);
      const body = bytesOf(sample.webhook.text ?? JSON.stringify(sample.webhook.body));
      const delivery = (
        bytes: Uint8Array,
        headers: Readonly<Record<string, string>>,
        url = sample.webhook.url,
      ): Delivery => ({
        headers: new Headers({ ...sample.webhook.headers, ...headers }),
        body: bytes,
        url,
        receivedAt,
      });
      const signed = signature.sign(body, config, receivedAt, sample.webhook.url);
      const rejects = (one: Delivery, as = config) => expect(() => signature.verify(one, as)).toThrow(REJECTED);

      it("is accepted as signed, and tells records of its streams", () => {
        expect(() => signature.verify(delivery(body, signed), config)).not.toThrow();
        const parse = webhook.parse ?? parseJson;
        expect(parse(body)).toEqual(sample.webhook.body);
        const told = webhook.records(parse(body), delivery(body, signed).headers, config);
        if (signature.covers === "sender") expect(told.filter((one) => !("reread" in one))).toEqual([]);
        expect(told.length).toBeGreaterThan(0);
        for (const one of told) {
          expect(Object.keys(connector.streams)).toContain(one.stream);
          if ("reread" in one) expect(streamOf(one.stream).reread).toBeDefined();
          else expect(draftsOf(one.stream, one.record).length).toBeGreaterThan(0);
        }
      });

      it.skipIf(signature.covers === "sender")("is refused with any one bit of it changed", () => {
        fc.assert(
          fc.property(fc.nat(body.length * 8 - 1), (bit) => {
            rejects(delivery(body.with(bit >> 3, (body[bit >> 3] ?? 0) ^ (1 << (bit & 7))), signed));
          }),
        );
      });

      it("is refused unsigned, with a signature of nothing, and signed by another secret", () => {
        const bare = unsigned?.body === undefined ? body : bytesOf(JSON.stringify(unsigned.body));
        rejects(delivery(bare, {}, unsigned?.url));
        for (const name of Object.keys(signed)) rejects(delivery(body, { ...signed, [name]: "" }));
        const other = connector.config.parse({ ...sample.settings, webhookSecret: "another secret" });
        rejects(delivery(body, signed), other);
        if (unsigned === undefined)
          rejects(delivery(body, signature.sign(body, other, receivedAt, sample.webhook.url)));
      });

      it("T05 is refused however it is forged or its signature weakened, ten bodies each", () => {
        const secret = String(sample.settings["webhookSecret"]);
        const withSecret = (other: string) => connector.config.parse({ ...sample.settings, webhookSecret: other });
        const text = new TextDecoder().decode(body);
        for (let nth = 0; nth < 10; nth += 1) {
          // As many spaces as its number: the same body to a parser, another one to a signature.
          const one = nth === 0 || sample.webhook.text !== undefined ? body : bytesOf(text + " ".repeat(nth));
          const own = signature.sign(one, config, receivedAt, sample.webhook.url);
          const genuine = delivery(one, own);
          expect(() => signature.verify(genuine, config)).not.toThrow();
          const forgeries = forgeriesOf({ signature, config, withSecret, secret, delivery: genuine, signed: own });
          if (Object.keys(own).length > 0) expect(forgeries.size).toBeGreaterThan(20);
          const accepted = [...forgeries].filter(([, forged]) => isAccepted(() => signature.verify(forged, config)));
          expect(accepted.map(([name]) => name)).toEqual([]);
        }
      });

      it("T02 is refused when it comes five minutes late or early, if the vendor signs a time", () => {
        const signsTime = /time in/.test(signature.scheme ?? "");
        for (const seconds of [-301, 301]) {
          const late = { ...delivery(body, signed), receivedAt: new Date(receivedAt.getTime() + seconds * 1000) };
          expect(isAccepted(() => signature.verify(late, config))).toBe(!signsTime);
        }
      });

      it("is refused by a connection without a secret, however it is signed", () => {
        const { webhookSecret: _, previousWebhookSecret: _p, ...open } = sample.settings;
        rejects(delivery(body, signed), connector.config.parse(open));
        rejects(delivery(body, {}), connector.config.parse(open));
      });

      it("T04 is accepted under the secret before, while that is listed", () => {
        const { webhookSecret } = sample.settings;
        const both = { ...sample.settings, webhookSecret: "the new secret", previousWebhookSecret: webhookSecret };
        expect(() => signature.verify(delivery(body, signed), connector.config.parse(both))).not.toThrow();
      });

      it("has a delivery id or none, whatever its headers", () => {
        expect(typeof webhook.deliveryId({ headers: new Headers(), body, receivedAt })).toBe("string");
      });
    });
  });
};

/** Whether a normaliser gave drafts; else what it threw, for the report. */
const wholeOrFailure = (normalise: () => readonly Draft[]): unknown => {
  try {
    return Array.isArray(json(normalise()));
  } catch (error) {
    return error;
  }
};

/** Anything but an acceptance or the one refusal fails the test. */
const isAccepted = (verify: () => void): boolean => {
  try {
    verify();
    return true;
  } catch (error) {
    expect(error).toEqual(REJECTED);
    return false;
  }
};

const refsIn = (value: unknown): { kind: string; noun: string; id: string }[] => {
  if (typeof value !== "object" || value === null) return [];
  if ("noun" in value && "kind" in value && "id" in value)
    return [{ kind: String(value.kind), noun: String(value.noun), id: String(value.id) }];
  return Object.values(value).flatMap(refsIn);
};
