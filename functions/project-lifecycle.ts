import type { DynamoDBStreamEvent } from "aws-lambda";
import { project } from "../shared/pipeline/project.ts";
import { hub } from "../shared/platform/current.ts";
import { feedRecords } from "../shared/platform/feed.ts";

/** Change feed -> links, contributions, stage and health of the features that they touch. */
export const handler = (event: DynamoDBStreamEvent): Promise<void> => project(hub(), feedRecords(event));
