import { ManagedPolicy } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { QueueName } from "../topology.ts";
import { type DeployedPart, invokedBy, invokes } from "./deployed-parts.ts";
import { allow } from "./grants.ts";
import type { HubFunction } from "./hub-function.ts";

/**
 * Who calls whom, where a queue is invocations: the names that a caller is told, and the grants. The grants are policies
 * of their own: in the one that a role is made with, a function that calls itself would have to be there before itself.
 */
export const invocations = (scope: Construct, functions: readonly HubFunction[]): void => {
  for (const { deployed, fn, role } of functions) {
    const called = new Set<HubFunction>();
    for (const queue of invokes(deployed.row)) {
      const targets = functions.filter((one) => takes(one.deployed, queue, deployed.connection));
      for (const target of targets) called.add(target);
      if (!targets.some((target) => target.fn === fn)) fn.addEnvironment(...told(queue, targets));
    }
    if (called.size === 0) continue;
    const arns = [...called].map((target) => target.fn.functionArn);
    new ManagedPolicy(scope, `${deployed.name}-calls`, {
      statements: [allow(["lambda:InvokeFunction"], arns)],
      roles: [role],
    });
  }
};

/** A connection's own function calls no other connection's. */
const takes = ({ row, connection }: DeployedPart, queue: QueueName, of: string | undefined): boolean =>
  invokedBy(row.on).includes(queue) && (of === undefined || connection === of);

/** One name, or names by connection. */
const told = (queue: QueueName, targets: readonly HubFunction[]): [name: string, value: string] => {
  const variable = `THROUGHLINE_${queue.toUpperCase()}`;
  const [first] = targets;
  if (first === undefined) throw new Error(`nothing takes ${queue}: see infra/topology.ts`);
  if (first.deployed.connection === undefined) return [variable, first.fn.functionName];
  const names = targets.map(({ deployed: { connection }, fn }) => `"${connection}":"${fn.functionName}"`);
  return [variable, `{${names.join(",")}}`];
};
