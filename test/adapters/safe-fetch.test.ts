import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  checkReachable,
  type Reach,
  type Resolve,
  safeFetch,
  WEBHOOK_PORTS,
} from "../../shared/adapters/channels/safe-fetch.ts";
import { HubError } from "../../shared/connector/errors.ts";

const PUBLIC: Reach = { loopback: false, ports: WEBHOOK_PORTS };
const HERE: Reach = { loopback: true, ports: WEBHOOK_PORTS };

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const listening = async (
  answer: (respond: (status: number, headers: Record<string, string>, body: string) => void) => void,
) => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    answer((status, headers, body) => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, asked: () => asked };
};

const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof HubError ? error.code : String(error);
};

/** Answers in turn, the last one for ever, and counts. */
const dns = (...answers: readonly (readonly string[])[]) => {
  let asked = 0;
  const resolve: Resolve = async () => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  return { resolve, asked: () => asked };
};

/** Nobody looks a name up that is refused as it stands. */
const noDns: Resolve = async () => expect.unreachable("a name was looked up");

describe("T10 an address that leads into a network", () => {
  it.each([
    // Of this machine, and in all the ways to write it.
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/",
    "https://127.1/",
    "https://127.0.1.3/",
    "https://127.255.255.254/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://017700000001/",
    "https://0177.00.00.01/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127.0.0.1./",
    "https://0/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[0000::1]/",
    "https://[::]/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://foo.localhost/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    // IPv4 in IPv6, by mapping, translation and tunnels.
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:10.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:53aa:64c::1]/",
    // Services that hand out credentials to whoever asks from inside.
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/latest/meta-data/",
    "https://025177524776/",
    "https://0xa9.0xfe.0xa9.0xfe/",
    "https://169.254.43518/",
    "https://169.254.169.254./",
    "https://169.254.169.254#@hooks.example.com/",
    "https:169.254.169.254/",
    "https://169.254.170.2/v2/credentials",
    "https://[fd00:ec2::254]/",
    "https://100.100.100.200/",
    "https://metadata.google.internal/",
    "https://instance-data/",
    // Private networks and what else is no single public machine.
    "https://10.0.0.1/",
    "https://10.1/",
    "https://172.31.255.255/",
    "https://192.168.10.65/",
    "https://100.64.0.1/",
    "https://192.0.0.192/",
    "https://192.0.2.255/",
    "https://198.18.0.0/",
    "https://198.51.100.1/",
    "https://203.0.113.6/",
    "https://224.1.2.3/",
    "https://240.240.240.240/",
    "https://255.255.255.255/",
    "https://192.88.99.1/",
    "https://[fe80::1]/",
    "https://[fdee:3a45:9057::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[3fff::dead:beef]/",
    "https://printer.local/",
    "https://wiki/",
    // Another way than https, or not quite an address.
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "https://user:pass@hooks.example.com/",
    "https://hooks.example.com@169.254.169.254/",
    "https://10.0.0.1%00.hooks.example.com/",
    "https://hooks.example.com:22/",
    "https://hooks.example.com:80/",
    "127.0.0.1",
    "",
  ])("is refused before anything is looked up or sent: %s", async (address) => {
    expect(await refusalOf(checkReachable(address, PUBLIC, noDns))).toBe("address_not_allowed");
    expect(await refusalOf(safeFetch(PUBLIC, noDns)(address))).toBe("address_not_allowed");
  });

  it.each([
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["169.254.169.254"],
    ["::1"],
    ["::ffff:10.0.0.1"],
    ["fd00::1"],
    // One public address of several is no excuse.
    ["93.184.216.34", "192.168.0.1"],
  ])("is refused behind a public name too: %s", async (...found) => {
    const { resolve } = dns(found);
    expect(await refusalOf(checkReachable("https://hooks.example.com/", PUBLIC, resolve))).toBe("address_not_allowed");
    expect(await refusalOf(safeFetch(PUBLIC, resolve)("https://hooks.example.com/"))).toBe("address_not_allowed");
  });

  it("is refused when the name answers with a public address first, and with another when it is connected to", async () => {
    const server = await listening((respond) => respond(200, {}, ""));
    const { resolve, asked } = dns(["93.184.216.34"], ["127.0.0.1"]);
    const address = `https://rebind.example.com:${server.port}/`;
    const reach: Reach = { loopback: false, ports: "any" };
    await checkReachable(address, reach, resolve);
    expect(await refusalOf(safeFetch(reach, resolve)(address))).toBe("address_not_allowed");
    expect(asked()).toBe(2);
    expect(server.asked()).toBe(0);
  });

  it("may be this machine itself only where that is asked for, and then by its own name or number alone", async () => {
    const server = await listening((respond) => respond(200, {}, "here"));
    const { resolve } = dns(["127.0.0.1"]);
    for (const host of ["127.0.0.1", "localhost", "2130706433"]) {
      const response = await safeFetch(HERE, resolve)(`http://${host}:${server.port}/`, { method: "POST", body: "{}" });
      expect(await response.text()).toBe("here");
    }
    const other = `https://hooks.example.com/`;
    expect(await refusalOf(safeFetch(HERE, resolve)(other))).toBe("address_not_allowed");
    expect(await refusalOf(safeFetch(HERE, resolve)("http://10.0.0.1/"))).toBe("address_not_allowed");
    expect(server.asked()).toBe(3);
  });
});

describe("a request to an address that is allowed", () => {
  it.each(["https://hooks.example.com/x", "https://HOOKS.example.com:8443/x", "https://93.184.216.34/"])(
    "passes: %s",
    async (address) => {
      const { resolve } = dns(["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]);
      await checkReachable(address, PUBLIC, resolve);
    },
  );

  it("follows no redirect", async () => {
    const server = await listening((respond) => respond(302, { location: "http://169.254.169.254/" }, ""));
    const response = await safeFetch(HERE)(`http://127.0.0.1:${server.port}/`);
    expect(response.status).toBe(302);
    expect(server.asked()).toBe(1);
  });

  it("reads 64 KB of the answer and no more", async () => {
    const server = await listening((respond) => respond(200, {}, "x".repeat(5_000_000)));
    const response = await safeFetch(HERE)(`http://127.0.0.1:${server.port}/`);
    expect((await response.text()).length).toBe(64 * 1024);
  });

  it("ends when it is told to", async () => {
    const server = await listening(() => {});
    const sending = safeFetch(HERE)(`http://127.0.0.1:${server.port}/`, { signal: AbortSignal.timeout(30) });
    await expect(sending).rejects.toThrow();
  });
});
