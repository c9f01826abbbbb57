import { lookup as systemLookup } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { HubError } from "../../connector/errors.ts";

/** Addresses of a name, as DNS tells them at this moment. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** Where requests may go to. */
export interface Reach {
  /** Also to this machine itself, by http too and at any port. For a hub on a developer's machine; never on AWS. */
  readonly loopback: boolean;
  /** Ports of other machines; any where an operator, not a user, names the address. */
  readonly ports: readonly number[] | "any";
  /** Read of an answer at the most; 64 KB without it. */
  readonly answerBytes?: number;
}

/** For addresses that users of a hub enter. */
export const WEBHOOK_PORTS = [443, 8443] as const;

/** Nobody needs more of an answer than its status and what went wrong. */
const ANSWER_BYTES = 64 * 1024;
const BODYLESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Public ranges by the registry of addresses that lead elsewhere: to a translator, a tunnel, a relay. */
const TRANSLATED = new BlockList();
for (const [net, bits] of [
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["2001::", 23],
  ["3fff::", 20],
  ["5f00::", 16],
] as const)
  TRANSLATED.addSubnet(net, bits, "ipv6");
for (const [net, bits] of [
  ["192.88.99.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.175.48.0", 24],
] as const)
  TRANSLATED.addSubnet(net, bits, "ipv4");

/** All of IPv6 that is given out: what lies outside leads nowhere today, and nobody knows where tomorrow. */
const GIVEN_OUT = new BlockList();
GIVEN_OUT.addSubnet("2000::", 3, "ipv6");

/** Names that mean a machine of the network, whatever DNS says of them. */
const INNER_NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa|localdomain)$/;

type AddressClass = "public" | "loopback" | "inner";

const classOf = (address: string): AddressClass => {
  if (!ipaddr.isValid(address)) return "inner";
  // An IPv4 address that is wrapped in IPv6 is what it wraps.
  const parsed = ipaddr.process(address);
  if (parsed.range() === "loopback") return "loopback";
  const family = parsed.kind() === "ipv4" ? "ipv4" : "ipv6";
  const isGivenOut = family === "ipv4" || GIVEN_OUT.check(parsed.toString(), "ipv6");
  const isPublic = parsed.range() === "unicast" && isGivenOut && !TRANSLATED.check(parsed.toString(), family);
  return isPublic ? "public" : "inner";
};

const notAllowed = (why: string): HubError => new HubError("address_not_allowed", why, { retry: "never" });

/** What the address bar's own parser makes of a host: `0x7f.1`, `2130706433` and `①②⑦.0.0.1` are 127.0.0.1 to it. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

/**
 * Refuses an address by what stands in it, before any name is looked up.
 *
 * @throws HubError address_not_allowed
 */
export const checkedUrl = (address: string | URL, { loopback, ports }: Reach): URL => {
  if (!URL.canParse(String(address))) throw notAllowed("it is no address: give one such as https://example.com/hook");
  const url = new URL(address);
  const host = hostOf(url);
  if (url.username !== "" || url.password !== "") throw notAllowed("an address may hold no user name or password");
  const isLoopback = isIP(host) === 0 ? host === "localhost" : classOf(host) === "loopback";
  if (loopback && isLoopback && (url.protocol === "http:" || url.protocol === "https:")) return url;
  if (url.protocol !== "https:") throw notAllowed("the address must start with https://");
  if (isIP(host) === 0 ? INNER_NAMES.test(host) || !host.includes(".") : classOf(host) !== "public")
    throw notAllowed("the address leads to this machine or its network, not to the public internet");
  const port = Number(url.port || 443);
  if (ports !== "any" && !ports.includes(port))
    throw notAllowed(`port ${port} is not allowed: use one of ${ports.join(", ")}`);
  return url;
};

/** @throws HubError address_not_allowed if any address of the host is not public: one of several would do for an attack */
const checkedAddresses = (
  host: string,
  found: Awaited<ReturnType<Resolve>>,
  { loopback }: Reach,
): Awaited<ReturnType<Resolve>> => {
  const isFine = ({ address }: { readonly address: string }) =>
    classOf(address) === "public" || (loopback && host === "localhost" && classOf(address) === "loopback");
  if (found.length > 0 && found.every(isFine)) return found;
  throw notAllowed(`${host} leads to this machine or its network, not to the public internet`);
};

const systemResolve: Resolve = (host) => systemLookup(host, { all: true, verbatim: true });

/**
 * Looks an address up once, to tell early what could never be sent to. A name that nobody knows now may be known later:
 * what counts is looked at when it is connected to.
 *
 * @throws HubError address_not_allowed
 */
export const checkReachable = async (
  address: string,
  reach: Reach,
  resolve: Resolve = systemResolve,
): Promise<void> => {
  const host = hostOf(checkedUrl(address, reach));
  if (isIP(host) !== 0) return;
  const found = await resolve(host).catch(() => []);
  if (found.length > 0) checkedAddresses(host, found, reach);
};

/**
 * A `fetch` that reaches the public internet alone. The name is looked up for each connection, and the very addresses that
 * were checked are connected to, so that a name which answers otherwise the next time gains nothing. Follows no redirect,
 * keeps no connection, goes through no proxy and reads no more of an answer than it should.
 *
 * @throws HubError address_not_allowed, from the returned function
 */
export const safeFetch =
  (reach: Reach, resolve: Resolve = systemResolve): typeof fetch =>
  async (input, init = {}) => {
    const url = checkedUrl(input instanceof Request ? input.url : input, reach);
    const lookup: LookupFunction = (host, _options, told) => {
      resolve(host).then(
        (found) => {
          try {
            told(
              null,
              checkedAddresses(host.replace(/\.$/, ""), found, reach).map((one) => ({ ...one })),
            );
          } catch (error) {
            told(error as Error, []);
          }
        },
        (error: Error) => told(error, []),
      );
    };
    init.signal?.throwIfAborted();
    // Says of each kind of body what it is, and how long.
    const { headers: sent, body: whole } = new Response(init.body ?? null, {
      ...(init.headers && { headers: init.headers }),
    });
    const response = await answered(
      url,
      {
        method: init.method ?? "GET",
        headers: Object.fromEntries(sent),
        lookup,
        agent: false,
        ...(init.signal && { signal: init.signal }),
      },
      whole === null ? undefined : Buffer.from(await new Response(whole).arrayBuffer()),
    );
    const status = response.statusCode ?? 0;
    const headers = new Headers();
    for (const [name, values = []] of Object.entries(response.headersDistinct))
      for (const value of values) headers.append(name, value);
    const body = await beginningOf(response, reach.answerBytes ?? ANSWER_BYTES);
    return new Response(BODYLESS.has(status) ? null : body, { status, headers });
  };

const answered = (url: URL, options: RequestOptions, body: Buffer | undefined): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? httpsRequest(url, options) : httpRequest(url, options);
    request.once("error", reject);
    request.once("response", resolve);
    request.end(body);
  });

const beginningOf = async (response: IncomingMessage, most: number): Promise<Buffer<ArrayBuffer>> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (size >= most) break;
  }
  return Buffer.from(Buffer.concat(chunks).subarray(0, most));
};
