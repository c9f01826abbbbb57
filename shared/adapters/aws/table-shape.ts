/** The one table: what is created for tests, and by the stack. All key attributes are strings. */
export const TABLE = {
  key: { pk: "pk", sk: "sk" },
  /** Sparse, and of keys only: a wider index is billed again at every write. */
  indexes: { list: { pk: "listPk", sk: "listSk" }, due: { pk: "duePk", sk: "dueSk" } },
  projection: "KEYS_ONLY",
  /** Seconds since the epoch. */
  ttl: "expiresAt",
  stream: "NEW_AND_OLD_IMAGES",
} as const;
