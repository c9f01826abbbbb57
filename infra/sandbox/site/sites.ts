import { figmaSite } from "../figma/server.ts";
import { growthbookSite } from "../growthbook/server.ts";
import { openHubspot } from "../hubspot/server.ts";
import { intercomSite } from "../intercom/server.ts";
import { launchdarklySite } from "../launchdarkly/server.ts";
import { openMailchimp } from "../mailchimp/server.ts";
import { mixpanelSite } from "../mixpanel/server.ts";
import { notionSite } from "../notion/server.ts";
import { posthogSite } from "../posthog/server.ts";
import { segmentSite } from "../segment/server.ts";
import { slackSite } from "../slack/server.ts";
import { openTypeform } from "../typeform/server.ts";
import { zendeskSite } from "../zendesk/server.ts";
import type { OpenSite } from "./site.ts";

/** Every tool beside the trackers, by the id of its connector. */
export const SITES: Readonly<Record<string, OpenSite>> = {
  figma: figmaSite,
  growthbook: growthbookSite,
  hubspot: openHubspot,
  intercom: intercomSite,
  launchdarkly: launchdarklySite,
  mailchimp: openMailchimp,
  mixpanel: mixpanelSite,
  notion: notionSite,
  posthog: posthogSite,
  segment: segmentSite,
  slack: slackSite,
  typeform: openTypeform,
  zendesk: zendeskSite,
};
