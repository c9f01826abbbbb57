import typeform from "../../connectors/typeform/index.ts";
import { readsRecordings } from "./marketing.ts";

readsRecordings(typeform as never, [[/^\/forms(\/\w+)?$/, "forms"]], 3);
