/** Addresses of built files by their logical names, written in by scripts/build.mjs. */
declare const __ASSETS: Record<string, string>;
