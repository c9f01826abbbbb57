import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deleteHolding, deleteStack } from "../../../infra/deploy/removal.ts";
import { deployedStack } from "../../../infra/deploy/stack.ts";
import { targetOf } from "../../../infra/deploy/target.ts";
import { startAwsJson } from "../../doubles/aws-json.ts";
import { signedIn } from "./signed-in.ts";

let aws: Awaited<ReturnType<typeof signedIn>>;
beforeEach(async () => {
  aws = await signedIn();
});
afterEach(() => aws.stop());
const target = () => targetOf({ environment: "prod" });

/** The part of S3 that the double of queues and buckets does not have: versions, two at a time. `locked.gz` stays. */
const startBucket = async (versions: readonly string[]) => {
  const held = [...versions];
  const asked: string[] = [];
  const element = (one: string) => {
    const [key, version] = one.split("#");
    const tag = version === "mark" ? "DeleteMarker" : "Version";
    return `<${tag}><Key>${key}</Key><VersionId>${version}</VersionId></${tag}>`;
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://s3");
    let body = "";
    for await (const chunk of request) body += chunk;
    const send = (xml: string) => response.writeHead(200, { "content-type": "application/xml" }).end(xml);
    if (request.method === "GET" && searchParams.has("versions")) {
      asked.push("versions");
      return send(`<ListVersionsResult>${held.slice(0, 2).map(element).join("")}</ListVersionsResult>`);
    }
    if (request.method === "POST" && searchParams.has("delete")) {
      asked.push("delete");
      for (const [, key, version] of body.matchAll(/<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/g))
        if (key !== "locked.gz") held.splice(held.indexOf(`${key}#${version}`), 1);
      const isLocked = body.includes("locked.gz");
      return send(
        `<DeleteResult>${isLocked ? "<Error><Key>locked.gz</Key><Code>AccessDenied</Code></Error>" : ""}</DeleteResult>`,
      );
    }
    asked.push(`${request.method} ${pathname}`);
    return response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

describe("what holds data", () => {
  it("is a bucket that is emptied first, of every version and every mark of a deletion", async () => {
    const bucket = await startBucket(["a.gz#1", "a.gz#2", "b.gz#1", "gone.gz#mark"]);
    try {
      vi.stubEnv("AWS_ENDPOINT_URL_S3", bucket.endpoint);
      await deleteHolding(await target(), { name: "archive", holds: "", at: "archive" });
      expect(bucket.held).toEqual([]);
      expect(bucket.asked).toEqual(["versions", "delete", "versions", "delete", "versions", "DELETE /archive/"]);
    } finally {
      await bucket.stop();
    }
  });

  it("is a bucket that stays when one of its objects may not be deleted", async () => {
    const bucket = await startBucket(["a.gz#1", "locked.gz#1"]);
    try {
      vi.stubEnv("AWS_ENDPOINT_URL_S3", bucket.endpoint);
      const deleted = deleteHolding(await target(), { name: "archive", holds: "", at: "archive" });
      await expect(deleted).rejects.toMatchObject({ code: "aws_forbidden" });
      expect(bucket.asked.some((one) => one.startsWith("DELETE"))).toBe(false);
    } finally {
      await bucket.stop();
    }
  });

  it("is a table whose protection is taken away first, and a bus", async () => {
    const told: [string, object][] = [];
    const note = (what: string) => (input: object) => {
      told.push([what, input]);
      return {};
    };
    const double = await startAwsJson({
      "DynamoDB_20120810.UpdateTable": note("UpdateTable"),
      "DynamoDB_20120810.DeleteTable": note("DeleteTable"),
      "AWSEvents.DeleteEventBus": note("DeleteEventBus"),
    });
    try {
      vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", double.endpoint);
      vi.stubEnv("AWS_ENDPOINT_URL_EVENTBRIDGE", double.endpoint);
      await deleteHolding(await target(), { name: "table", holds: "", at: "hub" });
      await deleteHolding(await target(), { name: "bus", holds: "", at: "bus" });
      expect(told).toEqual([
        ["UpdateTable", { TableName: "hub", DeletionProtectionEnabled: false }],
        ["DeleteTable", { TableName: "hub" }],
        ["DeleteEventBus", { Name: "bus" }],
      ]);
    } finally {
      await double.stop();
    }
  });
});

describe("a stack", () => {
  it("that cannot be deleted is said to be left over", async () => {
    aws.stand("CREATE_COMPLETE");
    const stack = await deployedStack(await target());
    const held = aws.account.stacks.get("Throughline-prod");
    aws.account.control.refuse = (action) => {
      if (action === "DescribeStacks" && held?.status === "DELETE_IN_PROGRESS") held.status = "DELETE_FAILED";
      return undefined;
    };
    await expect(deleteStack(await target(), stack, 1)).rejects.toMatchObject({ code: "aws_deploy_failed" });
  });
});
