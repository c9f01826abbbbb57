import type { FeatureView } from "../../store/views.ts";
import { HEALTH_WORDS, STAGE_WORDS } from "../words.ts";

const COLOURS: Readonly<Record<FeatureView["health"]["value"], string>> = {
  on_track: "#1a7f4b",
  at_risk: "#9a6700",
  off_track: "#b42318",
  unknown: "#57606a",
};
/** Of a letter at 11 pixels, wide enough for the widest fonts. */
const LETTER = 7;
const PADDING = 12;

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\p{C}/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** A feature's key, stage and health as a picture for READMEs: no script, no font, no address in it. */
export const badge = ({ key, id, explanation, health }: FeatureView): string => {
  const name = [...(key ?? id)].slice(0, 30).join("");
  const { mark, word } = HEALTH_WORDS[health.value];
  const says = `${STAGE_WORDS[explanation.headline ?? "none"]} ${mark}`;
  const [left, right] = [name, says].map((text) => [...text].length * LETTER + PADDING) as [number, number];
  const text = (x: number, words: string) =>
    `<text x="${x}" y="14" fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${escaped(words)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escaped(`${name}: ${says}, ${word}`)}">`,
    `<title>${escaped(`${name}: ${says}, ${word}`)}</title>`,
    `<rect width="${left + right}" height="20" rx="3" fill="#333"/>`,
    `<path d="M${left} 0h${right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H${left}z" fill="${COLOURS[health.value]}"/>`,
    text(left / 2, name),
    text(left + right / 2, says),
    "</svg>",
  ].join("");
};
