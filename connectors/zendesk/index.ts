import * as z from "zod";
import { defineConnector, stream } from "../../shared/connector/contract.ts";
import { Config, httpOf } from "./config.ts";
import { normaliseRating, normaliseTicket } from "./normalise-ticket.ts";
import { normaliseGroup, normaliseOrganization, normaliseUser } from "./normalise-workspace.ts";
import {
  ListCursor,
  OrganizationCursor,
  RatingCursor,
  readGroups,
  readOrganizations,
  readRatings,
  readUsers,
  rereadOrganizations,
} from "./read-lists.ts";
import { readTickets, rereadTickets, TicketCursor, ticketIds } from "./read-tickets.ts";
import { Group, Organization, Rating, Ticket, User } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

/** The records of Zendesk's own list answers, or the one of a single answer. */
const listed =
  (many: string, one: string) =>
  (answer: unknown): readonly unknown[] | undefined => {
    const list = z.looseObject({ [many]: z.array(z.unknown()) }).safeParse(answer);
    if (list.success) return list.data[many] as readonly unknown[];
    const single = z.looseObject({ [one]: z.looseObject({}) }).safeParse(answer);
    return single.success ? [single.data[one]] : undefined;
  };

/** Zendesk: tickets with their metrics, ratings, organisations, agents and groups of one account. */
export default defineConnector<Config>({
  id: "zendesk",
  title: "Zendesk",
  category: "support",
  docs: "https://developer.zendesk.com/api-reference/",
  config: Config,
  http: httpOf,
  setup,
  streams: {
    groups: stream<Config, Group, ListCursor>({
      record: Group,
      kinds: ["team"],
      normalise: normaliseGroup,
      listed: listed("groups", "group"),
      poll: { cursor: ListCursor, start: {}, read: readGroups },
    }),
    users: stream<Config, User, ListCursor>({
      record: User,
      kinds: ["account"],
      normalise: normaliseUser,
      listed: listed("users", "user"),
      poll: { cursor: ListCursor, start: {}, read: readUsers },
    }),
    organizations: stream<Config, Organization, OrganizationCursor>({
      record: Organization,
      kinds: ["customer"],
      normalise: normaliseOrganization,
      listed: listed("organizations", "organization"),
      poll: { cursor: OrganizationCursor, start: {}, read: readOrganizations },
      reread: rereadOrganizations,
    }),
    tickets: stream<Config, Ticket, TicketCursor>({
      record: Ticket,
      kinds: ["supportTicket", "feedback"],
      normalise: normaliseTicket,
      listed: listed("tickets", "ticket"),
      poll: { cursor: TicketCursor, start: {}, read: readTickets },
      reread: rereadTickets,
      census: {
        noun: "ticket",
        kinds: ["supportTicket"],
        ids: ticketIds,
        selects: () => true,
        holds: () => true,
        reaches: async () => true,
      },
    }),
    ratings: stream<Config, Rating, RatingCursor>({
      record: Rating,
      kinds: ["feedback"],
      normalise: normaliseRating,
      listed: listed("satisfaction_ratings", "satisfaction_rating"),
      poll: { cursor: RatingCursor, start: {}, read: readRatings },
    }),
  },
  webhook,
});
