import { CfnOutput, Duration } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { FilterPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import type { PartName } from "./deployed-parts.ts";
import type { HubFunction } from "./hub-function.ts";
import type { Stores } from "./stores.ts";

/** One thing that a person should look at. */
interface Watch {
  readonly id: string;
  readonly metric: IMetric;
  /** Alarms above this. */
  readonly above: number;
  /** Periods in a row; default 1. */
  readonly periods?: number;
  /** What it means and where to look first. */
  readonly says: string;
}

export interface Watched {
  readonly watches: readonly Watch[];
  readonly alarms: readonly Alarm[];
}

interface Parts {
  readonly stores: Stores;
  readonly api: HttpApi;
  readonly functions: readonly HubFunction[];
  readonly namespace: string;
  readonly email?: string | undefined;
}

/**
 * Ten alarms, each over one metric: so many are free in an account. Their notes go to a topic, and to `alarmEmail` of the
 * context if it is given.
 */
export const alarms = (scope: Construct, parts: Parts): Watched => {
  const topic = new Topic(scope, "Alarms", { enforceSSL: true, displayName: "Throughline" });
  if (parts.email !== undefined) topic.addSubscription(new EmailSubscription(parts.email));
  const watches = watchesOf(scope, parts);
  const made = watches.map(({ id, metric, above, periods = 1, says }) => {
    const alarm = new Alarm(scope, `${id}Alarm`, {
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      alarmDescription: says,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  });
  new CfnOutput(scope, "AlarmTopic", { value: topic.topicArn });
  return { watches, alarms: made };
};

const FIVE = Duration.minutes(5);

const watchesOf = (scope: Construct, { stores, api, functions, namespace }: Parts): Watch[] => {
  const counted = counting(scope, functions, namespace);
  const lag = (part: PartName) =>
    functionOf(functions, part).fn.metric("IteratorAge", { statistic: "Maximum", period: FIVE });
  return [
    {
      id: "DeadLetters",
      metric: stores.dead.metricApproximateNumberOfMessagesVisible({ period: FIVE }),
      above: 0,
      says: "A message failed every time. Look into the log of its reader, then redrive the dead letters.",
    },
    {
      id: "FailedRuns",
      metric: stores.failed.metricApproximateNumberOfMessagesVisible({ period: FIVE }),
      above: 0,
      says: "Lambda gave up a job, or a batch of the change feed. The sweep makes up for the feed within two hours; docs/deploy.md says how a job is run again. The log of the function says why.",
    },
    {
      id: "InboxAge",
      metric: stores.inbox.metricApproximateAgeOfOldestMessage({ period: FIVE }),
      above: 3600,
      says: "What came in has waited for more than an hour: ingest-record does not keep up or fails.",
    },
    {
      id: "DerivationLag",
      metric: lag("project-lifecycle"),
      above: 900_000,
      says: "Features are derived more than 15 minutes late: see the log of project-lifecycle.",
    },
    {
      id: "PublicationLag",
      metric: lag("publish-events"),
      above: 900_000,
      says: "Events are announced more than 15 minutes late: see the log of publish-events.",
    },
    {
      id: "OutboxLag",
      metric: counted("NotAnnounced", "sweep", '{ $.message = "not announced in time" }', Duration.minutes(15)),
      above: 0,
      says: "The sweep found changes that were not announced an hour after they were stored. It has asked for them again.",
    },
    {
      id: "LateConnection",
      metric: counted("LateConnections", "sweep", '{ $.message = "connection late" }', Duration.minutes(15)),
      above: 0,
      periods: 2,
      says: "A connection was not read to the end for longer than its freshWithin. The log of sweep names it; throughline doctor says why.",
    },
    {
      id: "Quarantine",
      metric: counted("Quarantined", "ingest-record", '{ $.message = "quarantined" }', FIVE),
      above: 0,
      says: "A record could not be read and was set aside with its bytes: throughline replay <connection> --quarantine after an update.",
    },
    {
      id: "SignatureFailures",
      metric: counted("SignatureFailures", "receive-webhook", '{ $.code = "signature_rejected" }', FIVE),
      above: 20,
      says: "Many webhooks with a wrong signature: a secret that differs from the tool's, or somebody who tries.",
    },
    {
      id: "ApiErrors",
      metric: api.metricServerError({ statistic: "Sum", period: FIVE }),
      above: 5,
      says: "The API or the receiver of webhooks answered with errors of its own, or was throttled.",
    },
  ];
};

/** Counts lines of a function's log. Nothing is stored, or paid, for times without any. */
const counting =
  (scope: Construct, functions: readonly HubFunction[], namespace: string) =>
  (metricName: string, part: PartName, pattern: string, period: Duration): Metric => {
    new MetricFilter(scope, `${metricName}Filter`, {
      logGroup: functionOf(functions, part).logs,
      filterPattern: FilterPattern.literal(pattern),
      metricNamespace: namespace,
      metricName,
      metricValue: "1",
    });
    return new Metric({ namespace, metricName, statistic: "Sum", period });
  };

const functionOf = (functions: readonly HubFunction[], part: PartName): HubFunction => {
  const found = functions.find(({ deployed }) => deployed.part === part);
  if (found === undefined) throw new Error(`${part} is not deployed`);
  return found;
};
