import { expect, it } from "vitest";
import type { StoredView } from "../../shared/pipeline/under.ts";
import { isSeenAsBefore } from "../../shared/pipeline/view.ts";
import { update } from "../../shared/store/entities.ts";
import { viewKey } from "../../shared/store/keys.ts";
import { feature, openSaid } from "./said-hub.ts";

it("takes a view that an older version wrote, without what it rested on, as one to look at anew", async () => {
  using hub = openSaid();
  const id = await hub.put(feature("ACME-1", "Gift cards"));
  await hub.settle();
  expect(await isSeenAsBefore(hub.hub, id, [])).toBe(true);
  await update<StoredView>(hub.real.table, viewKey(id), (held) => {
    const { seen: _, ...older } = held?.data ?? ({} as StoredView);
    return { data: older };
  });
  expect(await isSeenAsBefore(hub.hub, id, [])).toBe(false);
  await hub.put(feature("ACME-1", "Gift vouchers"));
  await hub.settle();
  expect((await hub.get("/v1/features/ACME-1")).body.name).toBe("Gift vouchers");
  expect(await isSeenAsBefore(hub.hub, id, [])).toBe(true);
});
