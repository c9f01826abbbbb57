import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SSMClient } from "@aws-sdk/client-ssm";
import { ssmSecrets } from "../../shared/adapters/aws/secrets.ts";
import { dynamoTable } from "../../shared/adapters/aws/table.ts";
import { systemClock } from "../../shared/adapters/clock.ts";
import { HubError } from "../../shared/connector/errors.ts";
import { openConnection } from "../../shared/platform/connections.ts";
import type { HubConfig } from "../../shared/platform/define-hub.ts";
import type { Table } from "../../shared/ports/table.ts";
import { deliveryKey } from "../../shared/store/keys.ts";
import { awsFailure } from "./aws-failure.ts";
import type { Stack } from "./stack.ts";
import { clientFor, type Target } from "./target.ts";

/** What a smoke test saw. */
export interface Smoke {
  /** Whose webhook was sent; absent where no connection has a webhook secret. */
  readonly connection?: string;
  readonly milliseconds: number;
}

const TRIES_EVERY_MS = 1000;
const REQUEST_MS = 30_000;

/**
 * Sends a signed test webhook of one connection, which tells of no record, and waits until the table knows its delivery:
 * so it went through the API, the receiver, the archive, the inbox, the reader and the table. Where no connection has a
 * webhook secret, only that the receiver answers is seen.
 *
 * @param parts.waitMs so long it may take; functions that were never called start slowly
 * @throws HubError aws_smoke_failed
 */
export const smoke = async (parts: {
  readonly target: Target;
  readonly config: HubConfig;
  readonly stack: Stack;
  readonly waitMs?: number;
}): Promise<Smoke> => {
  const { target, config, stack, waitMs = 120_000 } = parts;
  const { ApiUrl = "", TableName = "" } = stack.outputs;
  const started = Date.now();
  const table = dynamoTable(TableName, new DynamoDBClient(clientFor(target)));
  const probe = await signedProbe(target, config, table, ApiUrl);
  if (probe === undefined) {
    const { status } = await post(`${ApiUrl}/hooks/-`, "{}", {});
    if (status !== 404) throw failed(`POST ${ApiUrl}/hooks/- was answered ${status}, not 404`);
    return { milliseconds: Date.now() - started };
  }
  const { status } = await post(probe.url, probe.body, probe.headers);
  if (status !== probe.accepted)
    throw failed(`a signed test webhook to ${probe.url} was answered ${status}, not ${probe.accepted}`);
  const { pk, sk } = deliveryKey(probe.connection, probe.id);
  const isThere = () =>
    table.get(pk, sk).catch((error: unknown) => {
      throw awsFailure("dynamodb:GetItem", error);
    });
  while ((await isThere()) === undefined) {
    if (Date.now() - started > waitMs)
      throw failed(
        `a test webhook of ${probe.connection} was accepted, but had not come through after ${Math.round(waitMs / 1000)} s`,
      );
    await systemClock.sleep(Math.min(TRIES_EVERY_MS, waitMs));
  }
  return { connection: probe.connection, milliseconds: Date.now() - started };
};

/** Of the first connection whose webhooks can be signed here: the secret is read from AWS, as the receiver reads it. */
const signedProbe = async (target: Target, config: HubConfig, table: Table, apiUrl: string) => {
  const secrets = ssmSecrets(target.secretsPrefix, new SSMClient(clientFor(target)));
  const around = { fetch, now: Date.now, sleep: systemClock.sleep, random: Math.random };
  const ports = { table, secrets, clock: systemClock };
  for (const [connection, settings] of Object.entries(config.connections)) {
    const url = `${apiUrl}/hooks/${connection}`;
    try {
      const opened = await openConnection(connection, settings, { config, ports, around, knows: "webhooks" });
      const { webhook } = opened.connector;
      const id = `probe-${randomUUID()}`;
      const at = new Date();
      const probe = webhook?.probe?.(id, at);
      if (webhook === undefined || probe === undefined) continue;
      const body = JSON.stringify(probe.body);
      // Some sign the address too: the one that the tool is given.
      const called = `${(config.url ?? apiUrl).replace(/\/$/, "")}/hooks/${connection}`;
      const signed = webhook.signature.sign(Buffer.from(body), opened.config, at, called);
      return { connection, id, url, body, accepted: webhook.accepted ?? 202, headers: { ...probe.headers, ...signed } };
    } catch (error) {
      // One without a webhook secret takes no webhooks.
      if (!(error instanceof HubError && ["secret_missing", "signature_rejected"].includes(error.code))) throw error;
    }
  }
  return undefined;
};

const post = async (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number }> => {
  try {
    return await fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
  } catch (error) {
    throw failed(`${url} did not answer: ${error instanceof Error ? error.name : ""}`);
  }
};

const failed = (why: string): HubError => new HubError("aws_smoke_failed", why, { retry: "later" });
