import { Refusal, startAwsJson } from "./aws-json.ts";

export interface PutEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Time?: number;
  readonly Resources?: readonly string[];
}

const BELOW_BYTES = 256 * 1024;

/** As its documentation counts. */
export const entryBytes = ({ Source, DetailType, Detail, Time, Resources = [] }: PutEntry): number =>
  (Time === undefined ? 0 : 14) +
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** EventBridge: takes entries within its limits, and refuses single ones as it does, in an answer that is a success. */
export const startEventBridge = async () => {
  const taken: PutEntry[] = [];
  const calls: (readonly PutEntry[])[] = [];
  /** Code to refuse an entry with, as throttling does. */
  const control = { refuse: undefined as ((entry: PutEntry, call: number) => string | undefined) | undefined };
  const putEvents = ({ Entries }: { readonly Entries: readonly PutEntry[] }) => {
    if (Entries.length < 1 || Entries.length > 10) throw new Refusal("ValidationException", "1 to 10 entries");
    if (Entries.reduce((sum, entry) => sum + entryBytes(entry), 0) >= BELOW_BYTES)
      throw new Refusal("ValidationException", "Total size of the entries in the request is over the limit.");
    calls.push(Entries);
    const results = Entries.map((entry) => {
      if (!isObject(entry.Detail)) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
      if (!/^[\w.-]{1,256}$/.test(entry.Source) || entry.Source.startsWith("aws."))
        return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
      if (entry.DetailType === "" || entry.DetailType.length > 128)
        return { ErrorCode: "InvalidArgument", ErrorMessage: "DetailType has 1 to 128 characters." };
      const code = control.refuse?.(entry, calls.length);
      if (code !== undefined) return { ErrorCode: code, ErrorMessage: code };
      taken.push(entry);
      return { EventId: String(taken.length) };
    });
    return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
  };
  return { ...(await startAwsJson({ "AWSEvents.PutEvents": putEvents })), taken, calls, control };
};
