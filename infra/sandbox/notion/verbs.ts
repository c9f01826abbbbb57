import { createHmac } from "node:crypto";
import type { Outcome, Request, Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { STATUSES } from "./key-results.ts";
import { type NotionPage, type Pages, sourceOf, userId } from "./pages.ts";

/** Thin: what happened to which page, and by whom. */
const eventHook = (type: string, page: NotionPage, by: number, time: number): Hook => ({
  vendor: "notion",
  event: type,
  body: {
    id: `ac3e00fe-0000-4000-8000-${time.toString(16).padStart(12, "0")}`,
    timestamp: new Date(time).toISOString(),
    workspace_id: "ac3e00ff-0000-4000-8000-000000000001",
    subscription_id: "ac3e00ff-0000-4000-8000-000000000002",
    integration_id: "ac3e00ff-0000-4000-8000-000000000003",
    type,
    authors: [{ id: userId(by), type: "person" }],
    accessible_by: [],
    attempt_number: 1,
    entity: { id: page.id, type: "page" },
    data:
      page.database === undefined
        ? {}
        : { parent: { id: page.database, type: "database", data_source_id: sourceOf(page.database) } },
  },
});

/** Signed over the bytes, with the verification token. */
const signedHook = (hook: Hook): Hook => ({
  ...hook,
  signed: ({ secret }) => {
    const body = JSON.stringify(hook.body);
    const digest = createHmac("sha256", secret).update(body).digest("hex");
    return { body, headers: { "x-notion-signature": `sha256=${digest}` } };
  },
});

/** What product managers do with a page. */
export const notionVerbs = (pages: Pages): Readonly<Record<string, readonly [string, Verb]>> => {
  const pageOf = (request: Request): NotionPage => {
    const found = pages.at(String(request["page"])) ?? pages.all().find(({ title }) => title === request["page"]);
    if (found === undefined) throw new ControlError("page is the id or the title of a page.");
    return found;
  };
  const changed = (page: NotionPage, hooks: readonly Hook[]): Outcome => {
    pages.keep(page);
    return {
      changed: [{ tracker: "notion", kind: "page", id: page.id, title: page.title }],
      hooks: hooks.map(signedHook),
    };
  };
  const edit: Verb = ({ time, by }, request) => {
    const before = pageOf(request);
    const status = STATUSES.find((one) => one === request["status"]);
    if (request["status"] !== undefined && status === undefined)
      throw new ControlError(`status is one of ${STATUSES.join(", ")}.`);
    const next = {
      ...before,
      edited: time,
      ...(status !== undefined && { status }),
      ...(typeof request["title"] === "string" && { title: request["title"] }),
    };
    return changed(next, [eventHook("page.properties_updated", next, by, time)]);
  };
  const trash: Verb = ({ time, by }, request) => {
    const next = { ...pageOf(request), edited: time, inTrash: request["undo"] !== true };
    return changed(next, [eventHook(next.inTrash ? "page.deleted" : "page.undeleted", next, by, time)]);
  };
  const unshare: Verb = (_, request) => changed({ ...pageOf(request), isHidden: true }, []);
  const verify: Verb = (_, request) => ({
    changed: [],
    hooks: [
      {
        vendor: "notion",
        event: "verification",
        body: { verification_token: String(request["token"] ?? "secret_sandboxVerificationToken0001") },
        signed: () => ({ headers: {} }),
      },
    ],
  });
  return {
    edit: [`page, title?, status?: ${STATUSES.join(", ")}`, edit],
    trash: ["page, undo?", trash],
    unshare: ["page: the integration does not see it any more", unshare],
    verify: ["token?: Notion begins with a webhook by sending its verification token, unsigned", verify],
  };
};
