/** A style sheet that the build puts into the script as one minified string. */
declare module "*.css" {
  const css: string;
  export default css;
}

/** All languages of `words-later/` by their codes. */
declare module "later:words" {
  const packs: Record<string, typeof import("../words-later/en.json")>;
  export default packs;
}
