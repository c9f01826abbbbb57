import type { Company } from "./company.ts";
import type { Feature, Tracker } from "./features.ts";
import { Order } from "./order.ts";
import { codeOf, ISSUE } from "./pull-request.ts";
import { at, hash, pick } from "./random.ts";
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

/** A change that lists do not show yet. */
interface Pending {
  readonly tracker: Tracker;
  /** When it was made, by the clock. */
  readonly at: number;
  readonly product?: number;
  readonly n?: number;
  show(): void;
}

/** Where an issue of GitHub stands in the lists of its repository; nowhere when deleted. */
const placesOf = (item: WorkItem): { readonly created: number; readonly updated: number } | undefined =>
  item.deleted === undefined ? { created: item.home?.since ?? item.created, updated: item.updated } : undefined;

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
  /** How far the clock of a tool is off, in milliseconds. */
  readonly skew = new Map<Tracker, number>();
  /** How long the lists of a tool take to show a change, in milliseconds of the clock. */
  readonly lag = new Map<Tracker, number>();
  /** The tools in which something that was not read yet is touched after each page. */
  readonly shuffled = new Set<Tracker>();
  /** Custom fields of Jira that were removed, and those that were added with the value all issues have. */
  readonly removedFields = new Set<string>();
  readonly addedFields = new Map<string, { readonly name: string; readonly type: string; readonly value: unknown }>();
  /** Whether Linear has its second team. */
  secondTeam = false;
  /** Time zone of the account that asks Jira, in place of the person's own. */
  accountZone: string | undefined;
  readonly #items: readonly Map<number, WorkItem>[];
  /** Changed items as lists show them. */
  readonly #listed: readonly Map<number, WorkItem>[];
  /** Changes that lists do not show yet, oldest first. */
  #pending: Pending[] = [];
  readonly #added: number[];
  /** How many keys were given out by prefix, where more were than the generator's. */
  readonly #keys = new Map<string, number>();
  readonly #features = new Map<string, FeatureEdit>();
  readonly #clock: () => number;
  /** Whether the clock is a test's own: then a change has exactly its time, and two changes can share one. */
  readonly #given: boolean;
  #stopped: number | undefined;
  #last: number;
  #drawn = 0;

  /** @param clock milliseconds since the epoch; without one it is the real time, and no two changes share a time */
  constructor(company: Company, clock?: () => number) {
    this.company = company;
    this.#clock = clock ?? Date.now;
    this.#given = clock !== undefined;
    this.#items = company.products.map(() => new Map<number, WorkItem>());
    this.#listed = company.products.map(() => new Map<number, WorkItem>());
    this.#added = company.products.map(() => 0);
    this.#last = company.calendar.until;
    this.byUpdate = company.products.map(({ index }) => new Order(() => this.#placed(index, (item) => item.updated)));
    this.byArchival = company.products.map(
      ({ index }) => new Order(() => this.#placed(index, (item) => item.archived)),
    );
    this.repositories = company.products.map(
      ({ index }) =>
        new Repository(
          company,
          index,
          (n) => this.#existing(index, n),
          (show) => this.#defer({ tracker: "github", at: this.clock, show }),
        ),
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
    const [now, before] = [Math.floor(this.vendorTime(tracker, time) / step) * step, Math.floor(last / step) * step];
    if (now > before) return now;
    return this.#given ? before : before + step;
  }

  /** A time as the clock of a tool shows it. */
  vendorTime(tracker: Tracker | undefined, time = this.clock): number {
    return time + ((tracker && this.skew.get(tracker)) ?? 0);
  }

  /** Shows in lists what has waited long enough. */
  catchUp(): void {
    const isDue = ({ tracker, at: since }: Pending): boolean => since + (this.lag.get(tracker) ?? 0) <= this.clock;
    this.#pending = this.#pending.filter((change) => !(isDue(change) && this.#show(change)));
  }

  /** Shows the changes of one item in lists at once. */
  reconcile(product: number, n: number): void {
    this.#pending = this.#pending.filter(
      (change) => !(change.product === product && change.n === n && this.#show(change)),
    );
  }

  /** The lists of a tool, or of all, neither lag nor are they shuffled any more. */
  settle(vendor?: unknown): void {
    for (const name of [...this.lag.keys(), ...this.shuffled]) {
      if (vendor !== undefined && vendor !== name) continue;
      this.lag.delete(name);
      this.shuffled.delete(name);
    }
  }

  #show({ show }: Pending): true {
    show();
    return true;
  }

  #defer(change: Pending): void {
    if (this.#pending.length === 0 && !this.lag.has(change.tracker)) change.show();
    else this.#pending.push(change);
  }

  /** Touches one of the items that a list did not show yet, where the tool is shuffled: its update time moves to now. */
  shuffle(tracker: Tracker, rest: readonly WorkItem[]): void {
    if (!this.shuffled.has(tracker)) return;
    const { product, n } = pick(rest, this.chance());
    const item = this.#existing(product, n);
    this.putItem({ ...item, updated: this.stamp(tracker, this.now(), item.updated) });
  }

  /** A number that is drawn anew each time. */
  chance(): number {
    this.#drawn += 1;
    return hash(this.company.seed, 99, this.#drawn);
  }

  /** Stops the clock at the time a change was first made, while it is made again from the journal; nothing starts it again. */
  stopClock(time: number | undefined): void {
    this.#stopped = time;
  }

  /** Forgets every change: the company is again as it was generated. */
  reset(): void {
    this.#last = this.company.calendar.until;
    this.#drawn = 0;
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
    this.accountZone = undefined;
    this.skew.clear();
    this.removedFields.clear();
    this.addedFields.clear();
    this.settle();
    this.#pending = [];
    for (const items of this.#listed) items.clear();
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
    const { tracker } = at(this.company.products, product);
    const before = this.item(product, n);
    if (before === undefined) this.#added[product] = n + 1 - at(this.company.counts, product);
    this.#items[product]?.set(n, item);
    // Numbers are given at once; only lists may take their time.
    if (tracker === "github") {
      const code = codeOf(ISSUE, n);
      if (before === undefined) this.homeOf(item).threads.move(code, undefined, item.created);
      else if (this.homeOf(before) !== this.homeOf(item))
        this.homeOf(item).receive(code, item.home?.since ?? item.created);
    }
    this.#defer({ tracker, at: this.clock, product, n, show: () => this.#list(item) });
  }

  /** A work item as lists show it. */
  listed(product: number, n: number): WorkItem | undefined {
    return (
      this.#listed[product]?.get(n) ??
      (n < at(this.company.counts, product) ? this.company.item(product, n) : undefined)
    );
  }

  #list(item: WorkItem): void {
    const { product, n } = item;
    const before = this.listed(product, n);
    this.#listed[product]?.set(n, item);
    at(this.byUpdate, product).move(n, before?.updated, item.deleted === undefined ? item.updated : undefined);
    if (item.archived !== undefined || before?.archived !== undefined) {
      at(this.byArchival, product).move(n, before?.archived, item.deleted === undefined ? item.archived : undefined);
    }
    if (at(this.company.products, product).tracker !== "github") return;
    if (before !== undefined) this.homeOf(before).listThread(codeOf(ISSUE, n), placesOf(before), undefined);
    this.homeOf(item).listThread(codeOf(ISSUE, n), undefined, placesOf(item));
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
