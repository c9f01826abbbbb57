import { SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sesMailer } from "../../shared/adapters/aws/mailer.ts";
import { openDatabase } from "../../shared/adapters/sqlite/database.ts";
import { sqliteTable } from "../../shared/adapters/sqlite/table.ts";
import { testMailer } from "../contract/small-ports.ts";
import { atDouble, failing, fault, intercept } from "../doubles/aws-client.ts";
import { startSes } from "../doubles/ses.ts";

const FROM = "hub@acme.example";

let aws: Awaited<ReturnType<typeof startSes>>;
beforeAll(async () => {
  aws = await startSes(FROM);
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.sent.length = 0;
});

/** As in production: the row that only the first put makes. */
const firstTime = () => {
  const table = sqliteTable(openDatabase(":memory:"));
  return (id: string) => table.put({ pk: "mail", sk: id, version: 1, data: null });
};
const ses = () => new SESv2Client({ ...atDouble(aws.endpoint), maxAttempts: 1 });
const MAIL = { id: "report-1", to: ["ana@acme.example", "bo@acme.example"], subject: "Zwölf", text: "12" };

testMailer("SES mailer", async () => ({
  mailer: sesMailer({ from: FROM }, firstTime(), ses()),
  sent: async () => aws.sent,
}));

describe("the SES mailer, when AWS fails", () => {
  beforeEach(() => {
    // No waits between the rounds.
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => vi.restoreAllMocks());

  it("sends again what was refused for its rate, a few times and not for ever", async () => {
    const client = ses();
    const mailer = sesMailer({ from: FROM }, firstTime(), client);
    let left = 2;
    const seen = failing(client, () => (left-- > 0 ? fault("TooManyRequestsException", 429) : undefined));
    await mailer.send(MAIL);
    expect(aws.sent).toEqual([MAIL]);
    left = Number.POSITIVE_INFINITY;
    await expect(mailer.send({ ...MAIL, id: "report-2" })).rejects.toThrow("TooManyRequestsException");
    expect(seen.tries).toBe(3 + 5);
  });

  it("does not double a mail whose answer was lost", async () => {
    const client = ses();
    const mailer = sesMailer({ from: FROM }, firstTime(), client);
    intercept(client, "try", async (_, run) => {
      await run();
      throw fault("TimeoutError", 0);
    });
    await expect(mailer.send(MAIL)).rejects.toThrow("TimeoutError");
    await mailer.send(MAIL);
    expect(aws.sent).toEqual([MAIL]);
  });
});
