import mailchimp from "../../connectors/mailchimp/index.ts";
import { readsRecordings } from "./marketing.ts";

readsRecordings(
  mailchimp as never,
  [
    [/^\/3\.0\/campaigns(\/\w+)?$/, "campaigns"],
    [/^\/3\.0\/lists(\/\w+)?$/, "audiences"],
    [/^\/3\.0\/automations$/, "automations"],
  ],
  40,
);
