/** The one product of a config that declares none. */
export const ONLY_PRODUCT = { slug: "product", name: "Product" } as const;
