import * as z from "zod";
import { type Census, defineConnector, stream } from "../../shared/connector/contract.ts";
import { Config, httpOf } from "./config.ts";
import { normaliseConversation, normaliseTicket } from "./normalise.ts";
import { normaliseAdmin, normaliseCompany, normaliseTeam } from "./normalise-workspace.ts";
import { CONVERSATIONS, idsOf, reader, rereader, SearchCursor, TICKETS } from "./read.ts";
import { ListCursor, listReader, readCompanies, rereadCompanies } from "./read-lists.ts";
import { Admin, Company, Conversation, Team, Ticket } from "./schema.ts";
import { setup } from "./setup.ts";
import { webhook } from "./webhook.ts";

/** The records of Intercom's own list answers, or the one record that an answer is. */
const listed =
  (type: string, ...lists: readonly string[]) =>
  (answer: unknown): readonly unknown[] | undefined => {
    for (const list of lists) {
      const many = z.looseObject({ [list]: z.array(z.unknown()) }).safeParse(answer);
      if (many.success) return many.data[list] as readonly unknown[];
    }
    return z.looseObject({ type: z.literal(type), id: z.unknown() }).safeParse(answer).success ? [answer] : undefined;
  };

const census = (noun: string, searched: typeof CONVERSATIONS): Census<Config> => ({
  noun,
  kinds: ["supportTicket"],
  ids: idsOf(searched),
  selects: () => true,
  holds: () => true,
  reaches: async () => true,
});

/** Intercom: conversations with their statistics and ratings, tickets, companies, teammates and teams of one workspace. */
export default defineConnector<Config>({
  id: "intercom",
  title: "Intercom",
  category: "support",
  docs: "https://developers.intercom.com/docs/references/rest-api/api.intercom.io",
  config: Config,
  http: httpOf,
  setup,
  streams: {
    teams: stream<Config, Team, ListCursor>({
      record: Team,
      kinds: ["team"],
      normalise: normaliseTeam,
      listed: listed("team", "teams"),
      timeless: true,
      poll: { cursor: ListCursor, start: {}, read: listReader("teams") },
    }),
    admins: stream<Config, Admin, ListCursor>({
      record: Admin,
      kinds: ["account"],
      normalise: normaliseAdmin,
      listed: listed("admin", "admins"),
      timeless: true,
      poll: { cursor: ListCursor, start: {}, read: listReader("admins") },
    }),
    companies: stream<Config, Company, ListCursor>({
      record: Company,
      kinds: ["customer"],
      normalise: normaliseCompany,
      listed: listed("company", "data", "companies"),
      poll: { cursor: ListCursor, start: {}, read: readCompanies },
      reread: rereadCompanies,
    }),
    conversations: stream<Config, Conversation, SearchCursor>({
      record: Conversation,
      kinds: ["supportTicket", "feedback"],
      normalise: normaliseConversation,
      listed: listed("conversation", "conversations"),
      poll: { cursor: SearchCursor, start: {}, read: reader(CONVERSATIONS) },
      reread: rereader(CONVERSATIONS),
      census: census("conversation", CONVERSATIONS),
    }),
    tickets: stream<Config, Ticket, SearchCursor>({
      record: Ticket,
      kinds: ["supportTicket"],
      normalise: normaliseTicket,
      listed: listed("ticket", "tickets"),
      poll: { cursor: SearchCursor, start: {}, read: reader(TICKETS) },
      reread: rereader(TICKETS),
      census: census("ticket", TICKETS),
    }),
  },
  webhook,
});
