import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoTable } from "../../shared/adapters/aws/table.ts";
import { systemClock } from "../../shared/adapters/clock.ts";
import { deployedStack } from "./stack.ts";
import { clientFor, type Target } from "./target.ts";

/** The table of a hub that is deployed, as whoever is signed in to AWS may use it. @throws HubError aws_stack_missing */
export const deployedTable = async (target: Target) => {
  const { ApiUrl = "", TableName = "" } = (await deployedStack(target)).outputs;
  const table = dynamoTable(TableName, new DynamoDBClient(clientFor(target)));
  return { ports: { table, clock: systemClock }, apiUrl: ApiUrl };
};
