/**
 * Things in the order given, in as few calls as AWS takes them: so many at once, and so many bytes together. One that is
 * larger by itself goes alone.
 */
export function* parcels<Thing>(
  things: readonly Thing[],
  bytesOf: (thing: Thing) => number,
  most: { readonly count: number; readonly bytes: number },
): Generator<Thing[]> {
  let parcel: Thing[] = [];
  let bytes = 0;
  for (const thing of things) {
    const more = bytesOf(thing);
    if (parcel.length > 0 && (parcel.length === most.count || bytes + more > most.bytes)) {
      yield parcel;
      parcel = [];
      bytes = 0;
    }
    parcel.push(thing);
    bytes += more;
  }
  if (parcel.length > 0) yield parcel;
}
