import type { Company } from "./company.ts";
import type { Feature, Tracker } from "./features.ts";
import { Order } from "./order.ts";
import { codeOf, ISSUE } from "./pull-request.ts";
import { at } from "./random.ts";
import { Repository } from "./repository.ts";
import type { WorkItem } from "./work-item.ts";

/** What an owner changed by hand on a project, milestone or initiative since the end of the history. */
export interface FeatureEdit {
  readonly title?: string;
  readonly phase?: Feature["phase"];
  readonly targetDate?: string | null;
  readonly deleted?: boolean;
  readonly archived?: number | undefined;
  readonly trashed?: boolean;
  readonly updated: number;
}

/** The company as it is now: the generated history with everything that was changed since laid over it. */
export class World {
  readonly company: Company;
  readonly repositories: readonly Repository[];
  /** Work items in order of their last update, by product. Deleted ones are not in it. */
  readonly byUpdate: readonly Order[];
  /** Archived work items in order of when that was, by product. */
  readonly byArchival: readonly Order[];
  /** Sprints of Jira that were started or closed by hand, by index. */
  readonly sprintStates = new Map<number, "active" | "closed">();
  /** Versions of Jira released by hand, with the day, by index. */
  readonly releasedVersions = new Map<number, string>();
  /** Versions of Jira that were archived, by index. */
  readonly archivedVersions = new Set<number>();
  /** Projects of Jira that were archived, by key. */
  readonly archivedProjects = new Set<string>();
  /** What our credentials may not see, `jira/ACME`, `linear/INS` or `github/devkit`, and how the tool says so. */
  readonly revoked = new Map<string, "missing" | "forbidden">();
  /** Names of statuses that were given since, by `jira/` or `linear/` and id or index. */
  readonly statusNames = new Map<string, { readonly name: string; readonly since: number }>();
  /** Whether Linear has its second team. */
  secondTeam = false;
  readonly #items: readonly Map<number, WorkItem>[];
  readonly #added: number[];
  /** How many keys were given out by prefix, where more were than the generator's. */
  readonly #keys = new Map<string, number>();
  readonly #features = new Map<string, FeatureEdit>();
  readonly #clock: () => number;
  /** Whether the clock is a test's own: then a change has exactly its time, and two changes can share one. */
  readonly #given: boolean;
  #stopped: number | undefined;
  #last: number;

  /** @param clock milliseconds since the epoch; without one it is the real time, and no two changes share a time */
  constructor(company: Company, clock?: () => number) {
    this.company = company;
    this.#clock = clock ?? Date.now;
    this.#given = clock !== undefined;
    this.#items = company.products.map(() => new Map<number, WorkItem>());
    this.#added = company.products.map(() => 0);
    this.#last = company.calendar.until;
    this.byUpdate = company.products.map(({ index }) => new Order(() => this.#placed(index, (item) => item.updated)));
    this.byArchival = company.products.map(
      ({ index }) => new Order(() => this.#placed(index, (item) => item.archived)),
    );
    this.repositories = company.products.map(
      ({ index }) => new Repository(company, index, (n) => this.#existing(index, n)),
    );
  }

  /** What the clock shows. */
  get clock(): number {
    return this.#stopped ?? this.#clock();
  }

  /** A time for a change: the clock's; by the real clock after the history and after every earlier change. */
  now(): number {
    if (this.#given) return this.clock;
    this.#last = Math.max(this.clock, this.#last + 1);
    return this.#last;
  }

  /**
   * When a record says it was changed: at the precision of its tool and not before its own last update; by the real
   * clock always later than it.
   */
  stamp(tracker: Tracker, time: number, last = Number.NEGATIVE_INFINITY): number {
    const step = tracker === "github" ? 1000 : 1;
    const [now, before] = [Math.floor(time / step) * step, Math.floor(last / step) * step];
    if (now > before) return now;
    return this.#given ? before : before + step;
  }

  /** Stops the clock at the time a change was first made, while it is made again from the journal; nothing starts it again. */
  stopClock(time: number | undefined): void {
    this.#stopped = time;
  }

  /** Forgets every change: the company is again as it was generated. */
  reset(): void {
    this.#last = this.company.calendar.until;
    for (const items of this.#items) items.clear();
    this.#added.fill(0);
    this.#features.clear();
    this.sprintStates.clear();
    this.releasedVersions.clear();
    this.archivedVersions.clear();
    this.archivedProjects.clear();
    this.revoked.clear();
    this.statusNames.clear();
    this.secondTeam = false;
    this.#keys.clear();
    for (const order of [...this.byUpdate, ...this.byArchival]) order.reset();
    for (const repository of this.repositories) repository.reset();
  }

  count(product: number): number {
    return at(this.company.counts, product) + at(this.#added, product);
  }

  /** A work item, also when deleted; absent if it never was. */
  item(product: number, n: number): WorkItem | undefined {
    if (!Number.isInteger(n) || n < 0 || n >= this.count(product)) return undefined;
    return this.#items[product]?.get(n) ?? this.company.item(product, n);
  }

  repository(product: number): Repository {
    return at(this.repositories, product);
  }

  /** The position a new item gets. */
  newItem(product: number): number {
    return this.count(product);
  }

  /** A key that was never given: the next number after a prefix. @param generated how many the generator gave out */
  newKey(prefix: string, generated: number): string {
    const number = (this.#keys.get(prefix) ?? generated) + 1;
    this.#keys.set(prefix, number);
    return `${prefix}-${number}`;
  }

  /** The repository an issue of GitHub is in. */
  homeOf(item: WorkItem): Repository {
    return this.repository(item.home?.product ?? item.product);
  }

  /** The number an issue of GitHub has in the repository it is in. */
  issueNumber(item: WorkItem): number {
    return this.homeOf(item).threads.find(item.home?.since ?? item.created, codeOf(ISSUE, item.n)) + 1;
  }

  /** Keeps a changed or new item. */
  putItem(item: WorkItem): void {
    const { product, n } = item;
    const before = this.item(product, n);
    if (before === undefined) this.#added[product] = n + 1 - at(this.company.counts, product);
    this.#items[product]?.set(n, item);
    at(this.byUpdate, product).move(n, before?.updated, item.deleted === undefined ? item.updated : undefined);
    if (item.archived !== undefined || before?.archived !== undefined) {
      at(this.byArchival, product).move(n, before?.archived, item.deleted === undefined ? item.archived : undefined);
    }
    if (at(this.company.products, product).tracker !== "github") return;
    const code = codeOf(ISSUE, n);
    const home = this.homeOf(item);
    if (before === undefined) home.threads.move(code, undefined, item.created);
    const left = before === undefined ? home : this.homeOf(before);
    if (left !== home) {
      left.threadsByUpdate.move(code, before?.updated, undefined);
      home.receive(code, item.home?.since ?? item.created);
    }
    home.threadsByUpdate.move(
      code,
      left === home ? before?.updated : undefined,
      item.deleted === undefined ? item.updated : undefined,
    );
  }

  /** Items that were changed or added since the end of the history. */
  touched(product: number): Iterable<WorkItem> {
    return this.#items[product]?.values() ?? [];
  }

  featureEdit(product: number, feature: number): FeatureEdit | undefined {
    return this.#features.get(`${product}/${feature}`);
  }

  editFeature(product: number, feature: number, edit: FeatureEdit): void {
    this.#features.set(`${product}/${feature}`, { ...this.featureEdit(product, feature), ...edit });
  }

  /** A feature with its owner's later edits. */
  feature(product: number, feature: number): Feature & { readonly edit?: FeatureEdit } {
    const found = at(at(this.company.products, product).features, feature);
    const edit = this.featureEdit(product, feature);
    if (edit === undefined) return found;
    return { ...found, title: edit.title ?? found.title, phase: edit.phase ?? found.phase, edit };
  }

  #existing(product: number, n: number): WorkItem {
    const item = this.item(product, n);
    if (item === undefined) throw new Error(`no item ${n} in product ${product}`);
    return item;
  }

  *#placed(product: number, time: (item: WorkItem) => number | undefined): Iterable<{ code: number; time: number }> {
    for (let n = 0; n < at(this.company.counts, product); n += 1) {
      const placed = time(this.company.item(product, n));
      if (placed !== undefined) yield { code: n, time: placed };
    }
  }
}
