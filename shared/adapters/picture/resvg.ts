import { readFile } from "node:fs/promises";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** Paths of what a picture is drawn with. The font is shipped, since without one all words of a picture vanish in silence. */
export interface Drawing {
  readonly library: string;
  readonly font: string;
}

let ready: Promise<void> | undefined;

/** Reads what draws pictures. @returns what makes an SVG a PNG, in twice its size so that it is sharp on every screen */
export const resvg = async ({ library, font }: Drawing): Promise<(svg: string) => Uint8Array> => {
  // The library can be readied once in a process.
  ready ??= readFile(library).then(initWasm);
  const [letters] = await Promise.all([readFile(font), ready]);
  return (svg) => {
    const drawn = new Resvg(svg, {
      fitTo: { mode: "zoom", value: 2 },
      font: { fontBuffers: [letters], defaultFontFamily: "DejaVu Sans" },
    });
    try {
      return drawn.render().asPng();
    } finally {
      // Its memory is not the garbage collector's.
      drawn.free();
    }
  };
};
