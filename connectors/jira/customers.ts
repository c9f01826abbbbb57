type Row = Readonly<Record<string, unknown>>;

/** Deeper than any issue nests; hostile ones end here. */
const DEPTH_AT_MOST = 60;

/** The same with each customer of a service project reduced to an id: names and addresses of those who ask are never kept. */
export const withoutCustomers = (value: unknown, depth = 0): unknown => {
  if (typeof value !== "object" || value === null || depth > DEPTH_AT_MOST) return value;
  if (Array.isArray(value)) {
    const parts = value.map((one) => withoutCustomers(one, depth + 1));
    return parts.some((part, index) => part !== value[index]) ? parts : value;
  }
  const row = value as Row;
  if (row["accountType"] === "customer") return { accountId: row["accountId"], accountType: "customer" };
  const changed: [string, unknown][] = [];
  for (const name of Object.keys(row)) {
    const part = withoutCustomers(row[name], depth + 1);
    if (part !== row[name]) changed.push([name, part]);
  }
  // Where nobody asked, the record itself is given: a copy of every issue would be for nothing.
  return changed.length === 0 ? row : Object.fromEntries([...Object.entries(row), ...changed]);
};
