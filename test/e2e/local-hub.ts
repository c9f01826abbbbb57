import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEmbedded } from "../../shared/adapters/sqlite/index.ts";
import type { FieldedKind } from "../../shared/domain/entity.ts";
import { FIELDS } from "../../shared/domain/entity.ts";
import type { Table } from "../../shared/ports/table.ts";
import { everyOf, type StoredEntity } from "../../shared/store/entities.ts";
import { viewKey } from "../../shared/store/keys.ts";
import type { FeatureView } from "../../shared/store/views.ts";

const CLI = fileURLToPath(new URL("../../infra/cli/throughline.mjs", import.meta.url));
const STARTS_WITHIN_MS = 30_000;

/** A folder of its own with a config, in which commands run as a user runs them. */
export class Checkout {
  readonly root: string;
  readonly environment: Record<string, string>;

  private constructor(root: string, environment: Record<string, string>) {
    this.root = root;
    this.environment = environment;
  }

  static async make(config: object | undefined, environment: Record<string, string> = {}): Promise<Checkout> {
    const root = await mkdtemp(join(tmpdir(), "throughline-e2e-"));
    // As inside a checkout, where the package's own name resolves.
    await mkdir(join(root, "node_modules"));
    await symlink(fileURLToPath(new URL("../..", import.meta.url)), join(root, "node_modules", "throughline"));
    if (config !== undefined) await writeFile(join(root, "throughline.config.json"), JSON.stringify(config, null, 2));
    return new Checkout(root, environment);
  }

  get data(): string {
    return join(this.root, ".throughline");
  }

  private spawn(args: readonly string[]): ChildProcess {
    const { PATH, HOME } = process.env;
    return spawn(process.execPath, [CLI, ...args], {
      cwd: this.root,
      env: {
        ...(PATH !== undefined && { PATH }),
        ...(HOME !== undefined && { HOME }),
        CI: "true",
        ...this.environment,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  /** Runs one command to its end. */
  async run(args: readonly string[], input = ""): Promise<{ code: number | null; out: string; err: string }> {
    const child = this.spawn(args);
    const [out, err] = [collect(child.stdout), collect(child.stderr)];
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, out: out(), err: err() };
  }

  /** Starts the hub on a free port; resolves when its URL is printed. */
  async start(...more: readonly string[]): Promise<RunningHub> {
    const child = this.spawn(["start", "--port", "0", ...more]);
    const [out, err] = [collect(child.stdout), collect(child.stderr)];
    const url = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`no URL within ${STARTS_WITHIN_MS} ms: ${out()} ${err()}`)),
        STARTS_WITHIN_MS,
      );
      child.stdout?.on("data", () => {
        const found = /http:\/\/localhost:\d+/.exec(out())?.[0];
        if (found === undefined) return;
        clearTimeout(late);
        resolve(found);
      });
      child.once("close", (code) => reject(new Error(`ended with ${code}: ${out()} ${err()}`)));
    });
    return new RunningHub(child, url, out, err);
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}

const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
};

export class RunningHub {
  readonly url: string;
  readonly out: () => string;
  readonly err: () => string;
  private readonly child: ChildProcess;

  constructor(child: ChildProcess, url: string, out: () => string, err: () => string) {
    this.child = child;
    this.url = url;
    this.out = out;
    this.err = err;
  }

  /** `kill -9`: no handler of ours runs. */
  kill(): Promise<void> {
    return this.end("SIGKILL");
  }

  stop(): Promise<void> {
    return this.end("SIGTERM");
  }

  private end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return Promise.resolve();
    const ended = new Promise<void>((resolve) => this.child.once("close", () => resolve()));
    this.child.kill(signal);
    return ended;
  }

  async json<Answer = Record<string, unknown>>(path: string): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`);
    return (await response.json()) as Answer;
  }

  async text(path: string): Promise<string> {
    return (await fetch(`${this.url}${path}`)).text();
  }
}

/** Asks until the answer is what is waited for. */
export const until = async <Answer>(
  ask: () => Promise<Answer>,
  isIt: (answer: Answer) => boolean,
  withinMs = 60_000,
): Promise<Answer> => {
  for (const end = Date.now() + withinMs; ; ) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms, last: ${JSON.stringify(answer).slice(0, 600)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** The store of a data folder, read beside the process that writes it. */
export const openStoreAt = (folder: string) =>
  openEmbedded({ folder, exclusive: false, environment: {}, envFile: join(folder, ".env"), url: "http://localhost" });

/** Waits until every stream was read completely and nothing is left to do. */
export const settled = async (hub: RunningHub, folder: string): Promise<void> => {
  const store = openStoreAt(folder);
  try {
    await until(
      () => hub.json<{ data: { state: string; reason: string }[] }>("/v1/connections"),
      ({ data }) => data.every(({ state }) => state === "healthy"),
      120_000,
    );
    let calm = 0;
    await until(
      async () => {
        const [inbox, jobs] = await Promise.all([store.consumers.inbox.depth(), store.consumers.jobs.depth()]);
        const left = inbox.waiting + inbox.inFlight + jobs.waiting + jobs.inFlight + store.feed.lag();
        calm = left === 0 ? calm + 1 : 0;
        return { left, calm, inbox, jobs };
      },
      (state) => state.calm > 4,
      120_000,
    );
  } finally {
    store.close();
  }
};

export interface Knowledge {
  readonly entities: Map<string, unknown>;
  readonly views: Map<string, unknown>;
}

/** All that a hub knows, without the times at which it learnt it. */
export const knowledge = async (folder: string): Promise<Knowledge> => {
  const store = openStoreAt(folder);
  try {
    return await knowledgeIn(store.ports.table);
  } finally {
    store.close();
  }
};

/** The same of a table of any adapter set. */
export const knowledgeIn = async (table: Table): Promise<Knowledge> => {
  const entities = new Map<string, unknown>();
  const views = new Map<string, unknown>();
  for (const kind of Object.keys(FIELDS) as FieldedKind[]) {
    for await (const entity of everyOf(table, kind)) {
      entities.set(entity.id, timeless(entity));
      if (kind !== "feature") continue;
      const { pk, sk } = viewKey(entity.id);
      const view = (await table.get<FeatureView>(pk, sk))?.data;
      if (view !== undefined) views.set(entity.id, timelessView(view));
    }
  }
  return { entities, views };
};

const timeless = (entity: StoredEntity): unknown => {
  const { firstSeenAt: _, recordedAt: __, askedAt: ___, rawRef: ____, receivedAt: _____, ...rest } = entity;
  return rest;
};

const timelessView = (view: FeatureView): unknown => {
  const { headline, stages, because, notYet, conflicts, badges, disposition } = view.explanation;
  const { name, key, status, progress, counts, health, productIds, initiatives, owner } = view;
  return {
    name,
    key,
    status,
    progress,
    counts,
    health,
    productIds,
    initiatives,
    owner,
    headline,
    stages,
    because,
    notYet,
    conflicts,
    badges,
    disposition,
  };
};
