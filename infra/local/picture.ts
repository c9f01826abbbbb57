import { fileURLToPath } from "node:url";
import type { PictureMaker } from "../../shared/report/render/mail.tsx";

const pathOf = (address: string): string => fileURLToPath(import.meta.resolve(address));

/** Draws charts with the library and the font of this folder; both are read when the first is asked for. */
export const localPicture: PictureMaker = async () => {
  const { resvg } = await import("../../shared/adapters/picture/resvg.ts");
  return resvg({
    library: pathOf("@resvg/resvg-wasm/index_bg.wasm"),
    font: pathOf("../../shared/adapters/picture/DejaVuSans.ttf"),
  });
};
