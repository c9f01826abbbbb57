import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";

/** Shipped, since without a font all words of a picture vanish in silence. */
const FONT = fileURLToPath(new URL("DejaVuSans.ttf", import.meta.url));

/** An SVG as PNG, in twice its size so that it is sharp on every screen. */
export const pngOf = (svg: string): Uint8Array =>
  new Resvg(svg, {
    fitTo: { mode: "zoom", value: 2 },
    font: { fontFiles: [FONT], loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  })
    .render()
    .asPng();
