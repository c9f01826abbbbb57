import { describe, expect, it } from "vitest";
import github from "../../connectors/github/index.ts";
import { vendorHttp } from "../../shared/connector/http.ts";
import { rightsBeyondReading } from "../../shared/pipeline/capabilities.ts";
import { tooWide } from "../../shared/report/capability-words.ts";
import { served } from "../e2e/served.ts";
import { stillClock } from "./vendor-server.ts";

const rightsOf = async (told: string | undefined): Promise<readonly string[]> => {
  const vendor = await served(async (_, response) => {
    response.writeHead(200, told === undefined ? {} : { "x-oauth-scopes": told });
    response.end("{}");
  });
  const config = github.config.parse({ repos: ["acme/web"], baseUrl: vendor.url, token: "t" });
  const around = { ...stillClock("2026-03-02T10:00:00.000Z").around, fetch };
  const http = (signal: AbortSignal) => vendorHttp(github.http(config), around, signal);
  try {
    return await rightsBeyondReading({ connector: github, config, http } as never);
  } finally {
    await vendor.close();
  }
};

describe("the rights of GitHub's tokens", () => {
  it.each([
    ["a classic token for everything", "repo, workflow, read:org, admin:repo_hook", ["repo", "workflow"]],
    ["a classic token for reading", "read:org, user:email, repo:status", []],
    ["a fine-grained token, which tells none", undefined, []],
    ["an answer that is no list of rights", "<script>, =cmd()", []],
  ])("T31 are told of as far as they go beyond reading: %s", async (_, told, expected) => {
    expect(await rightsOf(told)).toEqual(expected);
  });

  it("T31 are named in a warning, with what to do", () => {
    expect(tooWide(["repo", "workflow"]).what).toBe("the credential may do more than read: repo, workflow");
  });
});
