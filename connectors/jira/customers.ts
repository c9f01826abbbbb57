type Row = Readonly<Record<string, unknown>>;

/** Deeper than any issue nests; hostile ones end here. */
const DEPTH_AT_MOST = 60;

/** The same with each customer of a service project reduced to an id: names and addresses of those who ask are never kept. */
export const withoutCustomers = (value: unknown, depth = 0): unknown => {
  if (typeof value !== "object" || value === null || depth > DEPTH_AT_MOST) return value;
  if (Array.isArray(value)) return value.map((one) => withoutCustomers(one, depth + 1));
  const row = value as Row;
  if (row["accountType"] === "customer") return { accountId: row["accountId"], accountType: "customer" };
  return Object.fromEntries(Object.entries(row).map(([name, part]) => [name, withoutCustomers(part, depth + 1)]));
};
