import type { Picture } from "../../shared/report/render/mail.tsx";

/** Draws charts as pictures, where the library of this machine's kind is installed. */
export const localPicture = async (): Promise<Picture | undefined> => {
  try {
    return (await import("../../shared/adapters/picture/resvg.ts")).pngOf;
  } catch {
    return undefined;
  }
};
