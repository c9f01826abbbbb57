import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { BUILD, bundle, DRAWING } from "../../../infra/aws/bundle.ts";
import { deployedParts } from "../../../infra/aws/deployed-parts.ts";
import example from "../../../infra/aws/examples/throughline.config.ts";
import type { HubConfig } from "../../../shared/platform/define-hub.ts";
import type { PictureMaker } from "../../../shared/report/render/mail.tsx";
import { templateOf } from "./synthesised.ts";

const CONFIG: HubConfig = {
  ...example,
  mail: { from: "Throughline <hub@acme.example>" },
  reports: {
    weekly: {
      kind: "product",
      schedule: "0 9 * * 1",
      timezone: "Europe/Berlin",
      to: ["email:ana@acme.example", "webhook:HOOK"],
    },
    monthly: { kind: "analytics", schedule: "30 7 1 * *", to: ["archive"] },
  },
};

describe("reports on AWS", async () => {
  const { Resources } = await templateOf({}, CONFIG);
  const all = Object.values(Resources);

  it("have a schedule each, in their own zone, beside the timer that looks for what was missed", () => {
    const schedules = all
      .filter(({ Type }) => Type === "AWS::Scheduler::Schedule")
      .map(({ Properties: { ScheduleExpression, ScheduleExpressionTimezone, Target } }) => [
        ScheduleExpression,
        ScheduleExpressionTimezone,
        Target.Input,
      ]);
    expect(schedules).toEqual(
      expect.arrayContaining([
        ["cron(0 9 ? * MON *)", "Europe/Berlin", '{"report":"weekly"}'],
        ["cron(30 7 1 * ? *)", "UTC", '{"report":"monthly"}'],
        ["rate(15 minutes)", undefined, "{}"],
      ]),
    );
  });

  it("may send mails as their own sender, and read the secrets of their own recipients", () => {
    const statements = all
      .filter(({ Type }) => Type === "AWS::IAM::ManagedPolicy")
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as { Action: string; Resource: unknown }[]);
    const mails = statements.filter(({ Action }) => Action === "ses:SendEmail");
    expect(mails).toHaveLength(1);
    expect(JSON.stringify(mails[0]?.Resource)).toMatch(/identity\/acme\.example".*identity\/hub@acme\.example"/);
    const secrets = statements
      .filter(({ Action }) => Action === "ssm:GetParameters")
      .map(({ Resource }) => JSON.stringify(Resource));
    const ours = secrets.filter((one) => one.includes("/HOOK"));
    expect(ours).toHaveLength(1);
    expect(ours[0]).not.toContain("TOKEN");
  });

  it("are not deployed where the config has none", () => {
    expect(deployedParts(example).map(({ part }) => part)).not.toContain("send-report");
  });

  it("run from a bundle that loads, with what draws pictures beside its code", async () => {
    const folder = mkdtempSync(join(tmpdir(), "throughline-report-"));
    const before = { ...process.env };
    try {
      const part = deployedParts(CONFIG).find((one) => one.part === "send-report");
      if (part === undefined) throw new Error("no function sends reports");
      const made = await bundle(part, folder);
      expect(readdirSync(folder)).toEqual(expect.arrayContaining(["index.js", "index_bg.wasm", "DejaVuSans.ttf"]));
      expect(made.bytes).toBeLessThan(1_500_000);
      Object.assign(process.env, {
        THROUGHLINE_TABLE: "t",
        THROUGHLINE_SECRETS: "/s",
        THROUGHLINE_URL: "https://hub.example",
        AWS_REGION: "eu-central-1",
      });
      const { handler } = createRequire(import.meta.url)(join(folder, "index.js")) as { handler: unknown };
      expect(handler).toBeTypeOf("function");
    } finally {
      process.env = before;
      rmSync(folder, { recursive: true });
    }
  });

  it("draw pictures with the files that lie beside their code", async () => {
    const folder = mkdtempSync(join(tmpdir(), "throughline-picture-"));
    try {
      await build({
        ...BUILD,
        outfile: join(folder, "index.js"),
        stdin: { contents: DRAWING.join("\n"), resolveDir: process.cwd() },
      });
      const { picture } = createRequire(import.meta.url)(join(folder, "index.js")) as { picture: PictureMaker };
      const draw = await picture();
      const svg = (words: string) =>
        `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="25">${words}</text></svg>`;
      const [worded, bare] = [draw(svg("Storefront")), draw(svg(""))];
      expect(String.fromCharCode(...worded.slice(1, 4))).toBe("PNG");
      // Without a font words vanish.
      expect(worded.byteLength).toBeGreaterThan(bare.byteLength + 500);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
