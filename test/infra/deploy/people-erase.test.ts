import { expect, it, vi } from "vitest";
import type { Terminal } from "../../../infra/cli/command.ts";
import { main } from "../../../infra/cli/main.ts";
import { createTable } from "../../doubles/dynamo.ts";
import { startQueuesAndBuckets } from "../../doubles/fauxqs.ts";
import { signedIn } from "./signed-in.ts";

it("people erase --env looks into the stores that the stack tells of, and wants a stack that tells of all", async () => {
  const [aws, stores] = await Promise.all([signedIn(), startQueuesAndBuckets()]);
  for (const name of ["S3", "SQS"]) vi.stubEnv(`AWS_ENDPOINT_URL_${name}`, stores.endpoint);
  let said = "";
  const terminal: Terminal = {
    root: "/nowhere",
    environment: {},
    input: (async function* () {})(),
    out() {},
    note(text) {
      said += text;
    },
  };
  const erase = async () => {
    said = "";
    return [await main(["people", "erase", "ana@acme.example", "--env", "prod", "--yes"], terminal), said];
  };
  try {
    await createTable(aws.dynamo.client(), "hub");
    const names = { TableName: "hub", ArchiveBucket: stores.bucket("archive"), DeadLetters: "d", FailedRuns: "f" };
    aws.stand("CREATE_COMPLETE", { outputs: names });
    expect(await erase()).toEqual([1, expect.stringContaining("does not tell its inbox: deploy it anew")]);
    aws.stand("CREATE_COMPLETE", { outputs: { ...names, InboxUrl: stores.queue("inbox").url } });
    expect(await erase()).toEqual([1, expect.stringContaining("no person, account or address of that name")]);
  } finally {
    await Promise.all([aws.stop(), stores.stop()]);
  }
});
