/** List prices in US dollars, us-east-1, on demand, without any free tier. Source of each: the price page of its service. */
export const PRICES = {
  /** A write of up to 1 KB. */
  writeUnit: 0.625e-6,
  /** A strongly consistent read of up to 4 KB; an eventually consistent one is half. */
  readUnit: 0.125e-6,
  /** One API request, up to 64 KB of messages. */
  queueRequest: 0.4e-6,
  /** One custom event, each 64 KB of it. */
  event: 1e-6,
  invocation: 0.2e-6,
  /** A GB-second of a function on arm64. */
  gbSecond: 1.33334e-5,
  httpRequest: 1e-6,
  archivePut: 5e-6,
  archiveGet: 0.4e-6,
  /** A GB and month. */
  archiveGb: 0.023,
  tableGb: 0.25,
  /** Point-in-time recovery, a GB and month. */
  recoveryGb: 0.2,
  logGb: 0.5,
  alarm: 0.1,
  dashboard: 3,
} as const;

/** What work asks of the services. */
export interface Usage {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly queueRequests: number;
  readonly events: number;
  readonly invocations: number;
  readonly gbSeconds: number;
  readonly httpRequests: number;
  readonly archivePuts: number;
  readonly archiveGets: number;
  readonly logGb: number;
}

export const NO_USAGE: Usage = {
  writeUnits: 0,
  readUnits: 0,
  queueRequests: 0,
  events: 0,
  invocations: 0,
  gbSeconds: 0,
  httpRequests: 0,
  archivePuts: 0,
  archiveGets: 0,
  logGb: 0,
};

/** Dollars by service. */
export interface Bill {
  readonly table: number;
  readonly functions: number;
  readonly queues: number;
  readonly bus: number;
  readonly archive: number;
  readonly http: number;
  readonly logs: number;
  readonly total: number;
}

/** What usage costs. */
export const billOf = (usage: Usage): Bill => {
  const parts = {
    table: usage.writeUnits * PRICES.writeUnit + usage.readUnits * PRICES.readUnit,
    functions: usage.invocations * PRICES.invocation + usage.gbSeconds * PRICES.gbSecond,
    queues: usage.queueRequests * PRICES.queueRequest,
    bus: usage.events * PRICES.event,
    archive: usage.archivePuts * PRICES.archivePut + usage.archiveGets * PRICES.archiveGet,
    http: usage.httpRequests * PRICES.httpRequest,
    logs: usage.logGb * PRICES.logGb,
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
};

/** So many times as much. */
export const scaled = (usage: Usage, by: number): Usage =>
  Object.fromEntries(Object.entries(usage).map(([name, value]) => [name, value * by])) as unknown as Usage;

export const sumOf = (usages: Iterable<Usage>): Usage =>
  [...usages].reduce(
    (sum, usage) =>
      Object.fromEntries(
        Object.entries(sum).map(([name, value]) => [name, value + usage[name as keyof Usage]]),
      ) as unknown as Usage,
    NO_USAGE,
  );

/** Dollars a month of what is stored, whether anything happens or not. */
export const storageOf = (gb: { readonly table: number; readonly archive: number }): number =>
  gb.table * (PRICES.tableGb + PRICES.recoveryGb) + gb.archive * PRICES.archiveGb;
