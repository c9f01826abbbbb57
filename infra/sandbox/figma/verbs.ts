import type { Occasion, Outcome, Request, Verb } from "../control/outcome.ts";
import { ControlError } from "../control/records.ts";
import type { Hook } from "../webhooks/delivery.ts";
import { type DevStatus, type FigmaFile, type Files, userJson } from "./files.ts";

/** A webhook as Figma sends it: the passcode stands in the body, and nothing is signed. */
const hook = (event: string, file: FigmaFile, by: number, time: number, more: object = {}): Hook => {
  const body = {
    event_type: event,
    file_key: file.key,
    file_name: file.name,
    ...more,
    timestamp: new Date(time).toISOString(),
    triggered_by: userJson(by),
    webhook_id: "2250001",
  };
  return {
    vendor: "figma",
    event,
    body,
    signed: ({ secret }) => ({ body: JSON.stringify({ ...body, passcode: secret }), headers: {} }),
  };
};

const STATUSES: readonly DevStatus[] = ["NONE", "READY_FOR_DEV", "COMPLETED"];

/** What designers do with a file. */
export const figmaVerbs = (files: Files): Readonly<Record<string, readonly [string, Verb]>> => {
  const fileOf = (request: Request): FigmaFile => {
    const file = files.at(String(request["file"])) ?? files.all().find(({ name }) => name === request["file"]);
    if (file === undefined) throw new ControlError("file is the key or the name of a file.");
    return file;
  };
  const changed = (file: FigmaFile, hooks: readonly Hook[]): Outcome => {
    files.keep(file);
    return { changed: [{ tracker: "figma", kind: "file", id: file.key, title: file.name }], hooks };
  };
  const edit: Verb = ({ time, by }: Occasion, request) => {
    const file = fileOf(request);
    const version = { id: `25${time}`, at: time, by, label: null };
    const node = { ...file.node, revision: file.node.revision + (request["outside"] === true ? 0 : 1) };
    const next = { ...file, modified: time, node, versions: [version, ...file.versions] };
    return changed(next, [hook("FILE_UPDATE", next, by, time)]);
  };
  const mark: Verb = ({ time, by }, request) => {
    const file = fileOf(request);
    const status = STATUSES.find((one) => one === request["status"]);
    if (status === undefined) throw new ControlError(`status is one of ${STATUSES.join(", ")}.`);
    const version = { id: `25${time}`, at: time, by, label: null };
    const node = { ...file.node, status };
    const next = { ...file, modified: time, node, versions: [version, ...file.versions] };
    const more = { node_id: file.node.id, status, related_links: [], change_message: "" };
    return changed(next, [hook("DEV_MODE_STATUS_UPDATE", next, by, time, more)]);
  };
  const comment: Verb = ({ time, by }, request) => {
    const file = fileOf(request);
    const message = String(request["text"] ?? "Which colour is this?");
    const made = { id: `19${time}`, by, at: time, message };
    const next = { ...file, comments: [made, ...file.comments] };
    const more = { comment: [{ text: message }], comment_id: made.id, mentions: [], parent_id: "", resolved_at: "" };
    return changed(next, [hook("FILE_COMMENT", next, by, time, more)]);
  };
  const remove: Verb = ({ time, by }, request) => {
    const file = fileOf(request);
    return changed({ ...file, isDeleted: true }, [hook("FILE_DELETE", file, by, time)]);
  };
  return {
    edit: ["file, outside?: its layers change; outside: none of the part that is handed over", edit],
    mark: [`file, status: ${STATUSES.join(", ")}`, mark],
    comment: ["file, text?", comment],
    delete: ["file", remove],
  };
};
