import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createPlainServer, type Server, type Socket } from "node:net";
import { main } from "../../infra/cli/main.ts";
import { startLocalHub } from "../../infra/local/start.ts";
import { openWorkspace } from "../../infra/local/workspace.ts";
import { type Sandbox, startSandbox } from "../../infra/sandbox/index.ts";
import { jsonLog } from "../../shared/platform/log.ts";
import { Checkout } from "../e2e/local-hub.ts";

const canary = (): string => randomBytes(32).toString("base64url").replaceAll(/[-_]/g, "x");

/** Every secret that a config can name, each another random text; a password stands in the address of the mail server. */
const newSecrets = () => ({
  LINEAR_KEY: `lin_api_${canary()}`,
  GITHUB_TOKEN: `ghp_${canary()}`,
  GITHUB_HOOK: canary(),
  SLACK_TOKEN: `xoxb-${canary()}`,
  TEAMS_PATH: canary(),
  MIXPANEL_TOKEN: canary(),
  MIXPANEL_SECRET: canary(),
  REPORT_PATH: canary(),
  REPORT_KEY: randomBytes(32).toString("base64"),
  SMTP_PASSWORD: canary(),
  OIDC_SECRET: canary(),
  THROUGHLINE_IDENTITY_KEY: canary(),
  LINEAR_HOOK: canary(),
});
export type Secrets = ReturnType<typeof newSecrets>;

/**
 * Tools, chats, mail and an identity provider that repeat all they are sent, in the body and in a header, and answer with
 * failures. Only Linear works: it is the sandbox's, under the canary as its key.
 *
 * @param tells what the receiver of outgoing webhooks says beside that
 */
const startRepeater = async (sandbox: Sandbox, { LINEAR_KEY }: Secrets, tells: () => string) => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { url = "", headers, method = "GET" } = request;
    response.setHeader("x-repeated", headers.authorization ?? "nothing");
    if (url.startsWith("/linear/") && headers.authorization === LINEAR_KEY) {
      const answer = await fetch(`${sandbox.urls.linear}${url.slice("/linear".length)}`, {
        method,
        body,
        headers: { "content-type": "application/json", authorization: sandbox.credentials.linear.apiKey },
      });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
      return;
    }
    const here = `http://${headers.host}`;
    if (url.endsWith("/openid-configuration")) {
      const idp = `${here}/idp`;
      const known = { issuer: idp, authorization_endpoint: `${idp}/auth`, token_endpoint: `${idp}/token` };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(known));
      return;
    }
    const repeated = JSON.stringify({ url, headers, body: body.toString() });
    if (url.startsWith("/hook")) {
      response.writeHead(500).end(`${tells()} ${repeated}`);
      return;
    }
    const failure = { error: "invalid_client", error_description: repeated, message: repeated };
    response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify(failure));
  });
  const url = `http://127.0.0.1:${await portOf(server)}`;
  return {
    url,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
};

const portOf = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

/** A mail server that refuses the password, and says which. */
const startMailServer = async () => {
  const open = new Set<Socket>();
  const server = createPlainServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.write("220 mail\r\n");
    socket.on("data", (chunk) => {
      const line = chunk.toString().trim();
      socket.write(/^EHLO/i.test(line) ? "250-mail\r\n250 AUTH PLAIN LOGIN\r\n" : `535 5.7.8 refused: ${line}\r\n`);
    });
  });
  const port = await portOf(server);
  return {
    port,
    stop: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
};

const configOf = (there: string, { LINEAR_HOOK }: Secrets) => ({
  products: { insights: { name: "Insights", sources: ["linear:INS"] } },
  connections: {
    linear: {
      connector: "linear",
      config: {
        baseUrl: `${there}/linear`,
        apiKey: { secret: "LINEAR_KEY" },
        teams: ["INS"],
        // In the file itself, as some do.
        webhookSecret: LINEAR_HOOK,
        requestsPerMinute: 1_000_000,
      },
    },
    github: {
      connector: "github",
      config: {
        baseUrl: `${there}/github`,
        token: { secret: "GITHUB_TOKEN" },
        repos: ["acme/devkit"],
        webhookSecret: { secret: "GITHUB_HOOK" },
      },
    },
  },
  outputs: {
    chat: { connector: "slack", channel: "C1", token: { secret: "SLACK_TOKEN" }, baseUrl: `${there}/slack` },
    room: { connector: "teams", webhookUrl: { secret: "TEAMS_URL" } },
    numbers: {
      connector: "mixpanel",
      projectId: "1",
      username: "hub",
      token: { secret: "MIXPANEL_TOKEN" },
      secret: { secret: "MIXPANEL_SECRET" },
      baseUrl: there.replace("http:", "https:"),
    },
  },
  reports: {
    weekly: {
      kind: "product",
      schedule: "0 9 * * 1",
      to: ["slack:chat", "teams:room", "email:ana@acme.example", "webhook:REPORT_URL", "archive"],
      signWith: { secret: "REPORT_KEY" },
    },
  },
  mail: { from: "Hub <hub@acme.example>", smtp: { secret: "SMTP_URL" } },
  webhooks: { allowLoopback: true },
  access: {
    required: true,
    oidc: { issuer: `${there}/idp`, clientId: "hub", clientSecret: { secret: "OIDC_SECRET" } },
  },
});

/** A whole hub in this process, with a little data, whose secrets are random texts. @param tells see {@link startRepeater} */
export const startCanaryHub = async (tells: () => string) => {
  const secrets = newSecrets();
  const sandbox = await startSandbox({ size: 20, limits: { linear: 1e9, linear_complexity: 1e12 } });
  const repeater = await startRepeater(sandbox, secrets, tells);
  const mail = await startMailServer();
  const there = repeater.url;
  const environment = {
    ...secrets,
    TEAMS_URL: `${there}/teams/${secrets.TEAMS_PATH}`,
    REPORT_URL: `${there}/report/${secrets.REPORT_PATH}`,
    REPORT_KEY: `whsec_${secrets.REPORT_KEY}`,
    SMTP_URL: `smtp://hub:${secrets.SMTP_PASSWORD}@127.0.0.1:${mail.port}`,
    CI: "true",
  };
  const checkout = await Checkout.make(configOf(there, secrets), environment);
  const { root } = checkout;
  const logged: string[] = [];
  const workspace = await openWorkspace({ root, dataFolder: ".throughline", now: new Date() });
  const log = jsonLog(
    () => new Date(),
    (line) => void logged.push(line),
  );
  const local = await startLocalHub({ workspace, port: 0, root, log, environment });
  return {
    secrets,
    logged,
    there,
    local,
    url: local.url,
    folder: workspace.folder,
    data: checkout.data,
    /** One command line in this folder. @returns all that it printed */
    async command(...words: string[]): Promise<string> {
      let printed = "";
      const print = (text: string) => {
        printed += text;
      };
      const PORT = new URL(local.url).port;
      const input = (async function* () {})();
      await main(words, { root, environment: { ...environment, PORT }, input, out: print, note: print });
      return printed;
    },
    /**
     * One that writes, in a process of its own: it waits for the hub's commit, which cannot come where both are one.
     *
     * @returns all that it printed
     */
    async writing(...words: string[]): Promise<string> {
      const { out, err } = await checkout.run(words);
      return `${out}${err}`;
    },
    async stop() {
      await local.stop();
      await Promise.all([repeater.stop(), mail.stop()]);
      await sandbox.stop();
      await checkout.remove();
    },
  };
};
export type CanaryHub = Awaited<ReturnType<typeof startCanaryHub>>;
