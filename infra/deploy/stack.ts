import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import { HubError } from "../../shared/connector/errors.ts";
import { asking } from "./aws-failure.ts";
import type { Template } from "./changes.ts";
import { clientFor, type Target } from "./target.ts";

/** A stack that stands. */
export interface Stack {
  readonly id: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The stack, or undefined if it was never deployed or is deleted. @param id of a stack that may be deleted by now */
export const stackOf = async (target: Target, id = target.stack): Promise<Stack | undefined> => {
  const client = new CloudFormationClient(clientFor(target));
  const answer = client.send(new DescribeStacksCommand({ StackName: id })).catch((error: unknown) => {
    if (error instanceof Error && error.name === "ValidationError" && error.message.includes("does not exist")) return;
    throw error;
  });
  const stack = (await asking("cloudformation:DescribeStacks", answer))?.Stacks?.[0];
  // A stack whose first change set was never run is not there yet.
  if (stack === undefined || ["REVIEW_IN_PROGRESS", "DELETE_COMPLETE"].includes(stack.StackStatus ?? "")) return;
  return {
    id: stack.StackId ?? "",
    status: stack.StackStatus ?? "",
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
    ),
  };
};

/** @throws HubError aws_stack_missing */
export const deployedStack = async (target: Target): Promise<Stack> => {
  const stack = await stackOf(target);
  if (stack === undefined)
    throw new HubError("aws_stack_missing", `there is no ${target.stack} in ${target.region}`, { retry: "never" });
  return stack;
};

/** What is deployed; empty if nothing is. */
export const deployedTemplate = async (target: Target): Promise<Template> => {
  if ((await stackOf(target)) === undefined) return { Resources: {} };
  const client = new CloudFormationClient(clientFor(target));
  const { TemplateBody = "{}" } = await asking(
    "cloudformation:GetTemplate",
    client.send(new GetTemplateCommand({ StackName: target.stack, TemplateStage: "Original" })),
  );
  return { Resources: {}, ...(JSON.parse(TemplateBody) as Partial<Template>) };
};

/** Names of what a stack made, by logical id. */
export const physicalNames = async (target: Target): Promise<ReadonlyMap<string, string>> => {
  const client = new CloudFormationClient(clientFor(target));
  const names = new Map<string, string>();
  for (let NextToken: string | undefined; ; ) {
    const page = await asking(
      "cloudformation:ListStackResources",
      client.send(new ListStackResourcesCommand({ StackName: target.stack, ...(NextToken && { NextToken }) })),
    );
    for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? [])
      if (LogicalResourceId !== undefined && PhysicalResourceId !== undefined)
        names.set(LogicalResourceId, PhysicalResourceId);
    NextToken = page.NextToken;
    if (NextToken === undefined) return names;
  }
};
