import { type Exposure, exposures, referenceOf, timeOf } from "../company/exposure.ts";
import { designers, personAt } from "../company/people.ts";
import { hash, pick } from "../company/random.ts";
import type { World } from "../company/world.ts";

export const TEAM = "118000000042";

export type DevStatus = "NONE" | "READY_FOR_DEV" | "COMPLETED";

interface Comment {
  readonly id: string;
  readonly by: number;
  readonly at: number;
  readonly resolved?: number | undefined;
  readonly message: string;
}

/** A file of the company, one for each feature that was ever designed. */
export interface FigmaFile {
  readonly key: string;
  readonly exposure: Exposure;
  readonly name: string;
  readonly modified: number;
  readonly versions: readonly {
    readonly id: string;
    readonly at: number;
    readonly by: number;
    readonly label: string | null;
  }[];
  readonly comments: readonly Comment[];
  readonly node: { readonly id: string; readonly name: string; readonly status: DevStatus; readonly revision: number };
  readonly resources: readonly {
    readonly id: string;
    readonly name: string;
    readonly url: string;
    readonly node: string;
  }[];
  readonly isDeleted: boolean;
}

/** Of the three names that three tools have for one feature, the designers' one. */
const nameOf = ({ product, feature }: Exposure): string =>
  product.index === 0 && feature.slug === "address-autocomplete" ? "Address lookup while typing" : feature.title;

const generated = (world: World, exposure: Exposure, designed: number): FigmaFile => {
  const { product, feature } = exposure;
  const { seed } = world.company;
  const draw = (what: number) => hash(seed, 81 + what, product.index, feature.index);
  const by = pick(designers, draw(0));
  const number = String(product.index * 1000 + feature.index).padStart(6, "0");
  const done = timeOf(world, designed);
  const first = timeOf(world, Math.max(0, designed - 6));
  // Not every design is touched again once it was handed over.
  const modified = draw(1) % 4 === 0 ? timeOf(world, designed + 3) : done;
  const reference = referenceOf(world, exposure);
  const isHandedOver = feature.phase !== "design";
  return {
    key: `AcmeFile${number}xKq9WzLm`,
    exposure,
    name: nameOf(exposure),
    modified,
    versions: [
      { id: `24${number}0002`, at: done, by, label: isHandedOver ? "Ready for development" : null },
      { id: `24${number}0001`, at: first, by, label: null },
    ],
    comments: Array.from({ length: draw(2) % 4 }, (_, index) => ({
      id: `17${number}${index}`,
      by: pick([7, 10, 0, 4], draw(3 + index)),
      at: first + (index + 1) * 3_600_000,
      ...(index > 0 && { resolved: done }),
      message: "Can this wrap on small screens?",
    })),
    node: {
      id: `${product.index + 1}:${feature.index + 10}`,
      name: `${feature.title} / final`,
      status: isHandedOver ? "READY_FOR_DEV" : "NONE",
      revision: 1,
    },
    resources:
      reference === undefined
        ? []
        : [
            {
              id: `dr${number}`,
              name: reference.key,
              url: reference.url,
              node: `${product.index + 1}:${feature.index + 10}`,
            },
          ],
    isDeleted: false,
  };
};

/** The files as they are now: drawn from the company, with what was changed since laid over them. */
export class Files {
  readonly #world: World;
  #changed = new Map<string, FigmaFile>();
  #drawn: readonly FigmaFile[] | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  all(): readonly FigmaFile[] {
    this.#drawn ??= exposures(this.#world).flatMap((exposure) =>
      exposure.days.designed === undefined ? [] : [generated(this.#world, exposure, exposure.days.designed)],
    );
    return this.#drawn.map((file) => this.#changed.get(file.key) ?? file).filter(({ isDeleted }) => !isDeleted);
  }

  at(key: string): FigmaFile | undefined {
    return this.all().find((file) => file.key === key);
  }

  keep(file: FigmaFile): void {
    this.#changed.set(file.key, file);
  }

  reset(): void {
    this.#changed = new Map();
  }
}

/** https://developers.figma.com/docs/rest-api/users-types: people are told without their addresses. */
export const userJson = (index: number) => {
  const { name } = personAt(index);
  return { id: String(990_000_000_000 + index), handle: name, img_url: `https://s3-alpha.figma.com/profile/${index}` };
};
