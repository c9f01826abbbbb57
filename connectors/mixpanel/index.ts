import * as z from "zod";
import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { listed } from "./ask.ts";
import { Config, credentialOf, exportUrlOf } from "./config.ts";
import { normaliseAnnotation } from "./normalise-annotation.ts";
import { normaliseExperiment, normaliseFlag } from "./normalise-exposure.ts";
import { normaliseCohort, normaliseEventDays, normaliseReport } from "./normalise-report.ts";
import { ExportCursor, readExport } from "./read-export.ts";
import {
  APP_LISTS,
  appPoll,
  appReread,
  CENSUSES,
  ListCursor,
  readCohorts,
  rereadCohorts,
  viewPoll,
} from "./read-lists.ts";
import { ReportCursor, readReports, reportCensus, rereadReports } from "./read-reports.ts";
import { Annotation, Answered, Cohort, EventDays, Experiment, Flag } from "./schema.ts";
import { setup } from "./setup.ts";

/** A day of raw events may take its time. */
const TIMEOUT_MS = 240_000;

/** Mixpanel: saved reports, funnels, retention, cohorts, counted raw events, annotations, experiments and flags. */
export default defineConnector<Config>({
  id: "mixpanel",
  title: "Mixpanel",
  category: "analytics",
  docs: "https://developer.mixpanel.com/reference/overview",
  config: Config,
  http: (config) => ({
    baseUrl: config.baseUrl,
    alsoAt: [exportUrlOf(config)],
    headers: {},
    credential: credentialOf(config),
    requestsPerMinute: config.requestsPerMinute,
    timeoutMs: TIMEOUT_MS,
  }),
  streams: {
    reports: stream<Config, Answered, ReportCursor>({
      record: Answered,
      kinds: ["metric"],
      normalise: normaliseReport,
      timeless: true,
      poll: { cursor: ReportCursor, start: { asked: {}, funnels: {} }, read: readReports },
      reread: rereadReports,
      census: reportCensus,
    }),
    cohorts: stream<Config, Cohort, ListCursor>({
      record: Cohort,
      kinds: ["metric"],
      normalise: normaliseCohort,
      listed: (answer) => z.array(Cohort).safeParse(answer).data,
      timeless: true,
      poll: { cursor: ListCursor, start: {}, read: readCohorts },
      reread: rereadCohorts,
      census: CENSUSES.cohorts,
    }),
    events: stream<Config, EventDays, ExportCursor>({
      record: EventDays,
      kinds: ["metric"],
      normalise: normaliseEventDays,
      timeless: true,
      poll: {
        cursor: ExportCursor,
        start: { days: {} },
        scopes: ({ events }) => (events.length === 0 ? [] : [""]),
        read: readExport,
      },
    }),
    annotations: stream<Config, Annotation, ListCursor>({
      record: Annotation,
      kinds: ["announcement"],
      normalise: normaliseAnnotation,
      listed,
      timeless: true,
      poll: appPoll(APP_LISTS.annotations),
      reread: appReread(APP_LISTS.annotations),
      census: CENSUSES.annotations,
    }),
    experiments: stream<Config, Experiment, ListCursor>({
      record: Experiment,
      kinds: ["experiment", "account"],
      normalise: normaliseExperiment,
      listed,
      poll: viewPoll(APP_LISTS.experiments),
      reread: appReread(APP_LISTS.experiments),
      census: CENSUSES.experiments,
    }),
    flags: stream<Config, Flag, ListCursor>({
      record: Flag,
      kinds: ["featureFlag", "account"],
      normalise: normaliseFlag,
      listed,
      poll: viewPoll(APP_LISTS.flags),
      reread: appReread(APP_LISTS.flags),
      census: CENSUSES.flags,
    }),
  },
  setup,
});
