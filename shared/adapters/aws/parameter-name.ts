/** Letters, digits, - and _ stay; any other byte is a dot and its two hex digits, so that no two names become one. */
export const parameterName = (name: string): string =>
  [...Buffer.from(name.toWellFormed())]
    .map((byte) => String.fromCharCode(byte))
    .map((character) =>
      /[\w-]/.test(character) ? character : `.${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
    )
    .join("");
