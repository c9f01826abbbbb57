import { Duration } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { Watched } from "./alarms.ts";
import { invokedBy } from "./deployed-parts.ts";
import type { HubFunction } from "./hub-function.ts";
import type { Stores } from "./stores.ts";

const FIVE = Duration.minutes(5);
const HOUR = Duration.hours(1);

/** One page for whoever is woken: what is wrong, what waits, what ran. */
export const dashboard = (
  scope: Construct,
  parts: {
    readonly stores: Stores;
    readonly api: HttpApi;
    readonly functions: readonly HubFunction[];
    readonly watched: Watched;
    readonly namespace: string;
  },
): void => {
  const { stores, api, functions, watched, namespace } = parts;
  const counted = (metricName: string, statistic = "Sum") =>
    new Metric({ namespace, metricName, statistic, period: HOUR });
  const each = (measure: (one: HubFunction) => IMetric) => functions.map(measure);
  const queues = [stores.inbox, stores.dead, stores.failed];
  const invoked = functions.filter(({ deployed }) => invokedBy(deployed.row.on).length > 0);
  const watch = (...ids: string[]) => watched.watches.filter(({ id }) => ids.includes(id)).map(({ metric }) => metric);
  new Dashboard(scope, "Dashboard", {
    widgets: [
      [
        new TextWidget({
          width: 24,
          height: 2,
          markdown: "Start at the alarm that is red: its description says what it means and where to look first.",
        }),
      ],
      [new AlarmStatusWidget({ title: "Alarms", alarms: [...watched.alarms], width: 24, height: 3 })],
      [
        graph(
          "Waits in queues",
          queues.map((queue) => queue.metricApproximateNumberOfMessagesVisible({ label: queue.node.id })),
        ),
        graph(
          "Jobs wait for, ms",
          invoked.map(({ fn, deployed }) =>
            fn.metric("AsyncEventAge", { statistic: "Maximum", period: FIVE, label: deployed.name }),
          ),
        ),
        graph("Lag of the change feed, ms", watch("DerivationLag", "PublicationLag")),
      ],
      [
        graph("Set aside, refused, late", watch("Quarantine", "SignatureFailures", "LateConnection", "OutboxLag")),
        graph(
          "Read, asked for, announced",
          ["RecordsRead", "VendorRequests", "EventsPublished"].map((name) => counted(name)),
        ),
        graph("From a change to its event, and waited for tools, s", [
          counted("EventAgeSeconds", "Maximum"),
          counted("VendorWaitSeconds"),
        ]),
      ],
      [
        graph(
          "Runs",
          each(({ fn, deployed }) => fn.metricInvocations({ period: HOUR, label: deployed.name })),
        ),
        graph(
          "Errors",
          each(({ fn, deployed }) => fn.metricErrors({ period: HOUR, label: deployed.name })),
        ),
        graph(
          "Duration, p99, ms",
          each(({ fn, deployed }) => fn.metricDuration({ statistic: "p99", label: deployed.name })),
        ),
      ],
      [
        graph("Requests", [
          api.metricCount({ label: "all" }),
          api.metricClientError({ label: "4xx" }),
          api.metricServerError({ label: "5xx" }),
        ]),
        graph(
          "Throttles",
          each(({ fn, deployed }) => fn.metricThrottles({ period: HOUR, label: deployed.name })),
        ),
        graph("Table, units", [
          stores.table.metricConsumedWriteCapacityUnits({ label: "written" }),
          stores.table.metricConsumedReadCapacityUnits({ label: "read" }),
        ]),
      ],
    ],
  });
};

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 8, height: 6 });
