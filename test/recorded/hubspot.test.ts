import hubspot from "../../connectors/hubspot/index.ts";
import { readsRecordings } from "./marketing.ts";

readsRecordings(
  hubspot as never,
  [
    [/^\/marketing\/v3\/emails(\/\d+)?$/, "emails"],
    [/^\/crm\/v3\/objects\/companies(\/\d+|\/search)?$/, "companies"],
  ],
  300,
);
