import { createBoard, createCloudClient } from "jira.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../../infra/sandbox/index.ts";
import { SchemaCheck } from "./schema-check.ts";
import { hasSpec, specText } from "./vendor-spec.ts";
