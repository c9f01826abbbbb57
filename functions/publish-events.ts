import type { DynamoDBStreamEvent } from "aws-lambda";
import { publish } from "../shared/pipeline/publish.ts";
import { hub } from "../shared/platform/current.ts";
import { feedRecords } from "../shared/platform/feed.ts";

/** Change feed -> change log and bus. */
export const handler = (event: DynamoDBStreamEvent): Promise<void> => publish(hub(), feedRecords(event));
