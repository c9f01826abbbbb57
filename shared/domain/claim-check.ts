import type { cloudEvent, HubEvent } from "./event.ts";

/** Of the data of an event that goes out whole: what Standard Webhooks advises, far below what a bus takes. */
export const EVENT_AT_MOST = 20 * 1024;

/** In bytes of JSON. */
export const isLarge = (data: unknown): boolean => {
  const json = JSON.stringify(data);
  return (
    json.length > EVENT_AT_MOST ||
    (json.length * 3 > EVENT_AT_MOST && new TextEncoder().encode(json).length > EVENT_AT_MOST)
  );
};

/**
 * In place of the data of a large event: the ids of what it tells of, and where the whole lies. The change log holds every
 * event whole.
 *
 * @param claimCheck its address in the archive, where it lies there too
 */
export const claimOf = (
  { recordedAt, name }: HubEvent,
  data: unknown,
  hubUrl: string,
  claimCheck?: string,
): { readonly dataref: string; readonly data: object } => ({
  dataref: `${hubUrl}/v1/changes?${new URLSearchParams({ since: recordedAt, type: name })}`,
  data: { ...(claimCheck !== undefined && { claim_check: claimCheck }), ...idsIn(data) },
});

/** The event as it goes out: whole, or with a claim where it is large. @param keep stores the whole, and says where */
export const goingOut = async (
  event: HubEvent,
  whole: ReturnType<typeof cloudEvent>,
  keep: (bytes: Uint8Array) => Promise<string | undefined>,
): Promise<ReturnType<typeof cloudEvent> & { readonly dataref?: string }> => {
  if (!isLarge(whole.data)) return whole;
  const claimCheck = await keep(new TextEncoder().encode(JSON.stringify(whole)));
  return { ...whole, ...claimOf(event, whole.data, whole.source, claimCheck) };
};

/** Of the things that an event names, only which they are. */
const idsIn = (data: unknown): Record<string, { readonly id: string }> =>
  Object.fromEntries(
    Object.entries(data ?? {}).flatMap(([name, value]) =>
      typeof value === "object" && value !== null && typeof value.id === "string" ? [[name, { id: value.id }]] : [],
    ),
  );
