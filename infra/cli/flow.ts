import { HubError } from "../../shared/connector/errors.ts";
import { type Command, text } from "./command.ts";
import { json, plain, reading } from "./show.ts";
import { whole } from "./start.ts";

export const flow: Command = {
  usage: "throughline flow [product] [--feature KEY] [--place P] [--weeks N]",
  does: "figures of flow and delivery of a product, of a team's place in it, or of one feature",
  options: { feature: { type: "string" }, place: { type: "string" }, weeks: { type: "string" } },
  words: [0, 1],
  run: (call) =>
    reading(call, async (views) => {
      const weeks = whole(call.values, "weeks", 1, 26) ?? 12;
      const key = text(call.values, "feature");
      const feature = key === undefined ? undefined : await views.feature(key);
      if (key !== undefined && feature === undefined)
        throw new HubError("feature_unknown", `no feature is called "${key}"`, { retry: "never" });
      const products = await views.products();
      const slug = call.words[0];
      const wanted = products.filter(({ id, slug: own }) => slug === undefined || slug === own || slug === id);
      if (wanted.length === 0)
        throw new HubError("usage", `no product "${slug}"; there are ${products.map((one) => one.slug).join(", ")}`, {
          retry: "never",
        });
      const place = text(call.values, "place");
      const parts = feature
        ? [{ name: feature.name, flow: await views.featureFlow(feature.id, weeks) }]
        : await Promise.all(
            wanted.map(async ({ id, name }) => ({ name, flow: await views.productFlow(id, weeks, place) })),
          );
      for (const { name, flow: told } of parts) {
        if (call.json) {
          json(call, { name, ...told });
          continue;
        }
        call.terminal.out(`${plain(name)}, the last ${told.weeks} full weeks\n`);
        for (const figure of told.figures) call.terminal.out(`  ${plain(figure.text)}\n`);
        if (feature === undefined && told.places.length > 1)
          call.terminal.out(`  Places: ${told.places.map((one) => plain(one.place)).join(", ")}\n`);
      }
    }),
};
