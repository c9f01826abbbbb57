import type { HealthValue } from "../../store/views.ts";
import { HEALTH_WORDS } from "../words.ts";

/** A health in word, shape and colour; the shape is drawn by CSS. */
export const Health = ({ value }: { readonly value: HealthValue }) => (
  <span class={`h ${value}`}>{HEALTH_WORDS[value].word}</span>
);
