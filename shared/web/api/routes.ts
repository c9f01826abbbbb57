import { CHANGE_ROUTES } from "./change-routes.ts";
import { CONNECTION_ACTIONS } from "./connection-actions.ts";
import { CONNECTION_ROUTES } from "./connection-routes.ts";
import { CYCLE_ROUTES } from "./cycle-routes.ts";
import { DEAD_LETTER_ACTIONS } from "./dead-letter-actions.ts";
import { FEATURE_ROUTES } from "./feature-routes.ts";
import { FLOW_ROUTES } from "./flow-routes.ts";
import { KEY_ROUTES } from "./key-routes.ts";
import { KIND_ROUTES } from "./kind-routes.ts";
import { LINK_ROUTES } from "./link-routes.ts";
import { MEMBER_ROUTES } from "./member-routes.ts";
import { PEOPLE_ROUTES } from "./people-routes.ts";
import { PLAN_PAST_ROUTES } from "./plan-past-routes.ts";
import { PLAN_ROUTES } from "./plan-routes.ts";
import { REPORT_ACTIONS } from "./report-actions.ts";
import { REPORT_ROUTES } from "./report-routes.ts";
import type { Route } from "./route.ts";
import { SAID_ROUTES } from "./said-routes.ts";
import { SEARCH_ROUTES } from "./search-routes.ts";
import { STATUS_ROUTES } from "./status-routes.ts";
import { WEBHOOK_ROUTES } from "./webhook-routes.ts";
import { WORK_ITEM_ROUTES } from "./work-item-routes.ts";

/** Every operation of the API, in the order in which it is documented. */
export const ROUTES: readonly Route[] = [
  ...STATUS_ROUTES,
  ...PLAN_ROUTES,
  ...FEATURE_ROUTES,
  ...PLAN_PAST_ROUTES,
  ...SAID_ROUTES,
  ...LINK_ROUTES,
  ...FLOW_ROUTES,
  ...WORK_ITEM_ROUTES,
  ...CYCLE_ROUTES,
  ...KIND_ROUTES,
  ...PEOPLE_ROUTES,
  ...SEARCH_ROUTES,
  ...CHANGE_ROUTES,
  ...WEBHOOK_ROUTES,
  ...CONNECTION_ROUTES,
  ...CONNECTION_ACTIONS,
  ...DEAD_LETTER_ACTIONS,
  ...KEY_ROUTES,
  ...MEMBER_ROUTES,
  ...REPORT_ROUTES,
  ...REPORT_ACTIONS,
];
