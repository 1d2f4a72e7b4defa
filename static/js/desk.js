/** Desktop pages: everything here improves a page that already works without it. */
export {};
