const plainNumber = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const share = new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 1 });
const signedShare = new Intl.NumberFormat("en-GB", {
  style: "percent",
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});

/** `1,234.5` */
export const numberText = (value: number): string => plainNumber.format(value);

/** 0.361 as `36.1%` */
export const shareText = (value: number): string => share.format(value);

/** 0.05 as `+5%` */
export const changeText = (value: number): string => signedShare.format(value);

/** `1 feature`, `3 features` */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;

/** Free of the noise of binary fractions. */
export const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

/** A part of a whole; null where there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : rounded(part / whole));
