const WINDOW = 16;
const STRIDE = 8;
/** Places that are shown of one secret, and letters before each. */
const [SHOWN, BEFORE] = [5, 200];

/** A text of bytes in base64, wherever in a longer one it begins: without the letters that its neighbours share. */
const inBase64 = (bytes: Buffer): string[] =>
  [0, 1, 2].flatMap((at) => {
    const whole = Buffer.concat([Buffer.alloc(at), bytes]).toString("base64");
    const own = whole.slice(Math.ceil((at * 8) / 6), Math.floor(((at + bytes.length) * 8) / 6));
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });

/** Every spelling under which a secret could stand somewhere, and pieces of its plain one. */
export const spellings = (secret: string | Uint8Array): readonly string[] => {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const coded = [...inBase64(bytes), hex, hex.toUpperCase()];
  if (typeof secret !== "string") return [...new Set(coded)];
  const pieces: string[] = [];
  for (let at = 0; at + WINDOW <= secret.length; at += STRIDE) pieces.push(secret.slice(at, at + WINDOW));
  return [...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...coded, ...pieces])];
};

export interface Seen {
  readonly where: string;
  readonly text: string;
}

/** Which secret stands where, with what stands before it. @param secrets by name */
export const leaks = (secrets: ReadonlyMap<string, string | Uint8Array>, seen: readonly Seen[]): readonly string[] => {
  const all = seen.map(({ text }) => text).join("\n");
  return [...secrets].flatMap(([name, secret]) => {
    const found = spellings(secret).filter((one) => all.includes(one));
    return found.slice(0, 1).flatMap((one) =>
      seen
        .filter(({ text }) => text.includes(one))
        .slice(0, SHOWN)
        .map(({ where, text }) => `${name} in ${where}, after ${text.slice(0, text.indexOf(one)).slice(-BEFORE)}`),
    );
  });
};
