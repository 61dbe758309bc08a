/** A style sheet that the build puts into the script as one minified string. */
declare module "*.css" {
  const css: string;
  export default css;
}
