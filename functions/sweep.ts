import { sweep } from "../shared/pipeline/sweep.ts";
import { hub } from "../shared/platform/current.ts";

/** Timer -> what the feed lost, and what time alone changes. */
export const handler = (): Promise<void> => sweep(hub());
