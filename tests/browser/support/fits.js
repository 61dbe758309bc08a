/** Runs in the page: what is wider than its place, out of reach, or too small for a finger. One line for each. */
export function misfits() {
  const problems = [];
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) problems.push(`the page is ${page.scrollWidth} wide on a screen of ${innerWidth}`);
  const chat = document.querySelector("hinny-chat");
  const nodes = [chat, ...document.querySelectorAll("hinny-chat *")].flatMap((one) => (one.shadowRoot ? [...one.shadowRoot.querySelectorAll("*")] : []));
  const shown = nodes.filter((node) => node.checkVisibility({ checkVisibilityCSS: true }) && node.tagName !== "STYLE");
  const named = (node) => node.dataset?.role ?? `${node.tagName.toLowerCase()}.${node.getAttribute("class") ?? ""}`;
  const log = shown.find((node) => node.dataset?.role === "log");
  const panel = shown.find((node) => node.dataset?.role === "panel");
  const scrolls = (node) => node && node !== panel && (/auto|scroll/.test(getComputedStyle(node).overflowY) || scrolls(node.parentElement));
  const low = innerHeight <= 400 && panel && getComputedStyle(panel).overflowY === "auto" ? panel : null;
  for (const node of shown) {
    const { left, right, top, bottom, width, height } = node.getBoundingClientRect();
    // What only readers of the screen get, and what scrolls by itself, may be anywhere.
    if (node.closest(".hidden, pre, svg") || getComputedStyle(node).clipPath !== "none") continue;
    if (left < -1 || right > innerWidth + 1) problems.push(`${named(node)} goes from ${left} to ${right} on a screen of ${innerWidth}`);
    // A chat that stands in the page scrolls with it, and a low window as a whole.
    const outside = !chat.hasAttribute("inline") && !(low !== node && low?.contains(node)) && !scrolls(node.parentElement) && (top < -1 || bottom > innerHeight + 1);
    if (outside) problems.push(`${named(node)} goes from ${top} to ${bottom} on a screen of ${innerHeight}`);
    const pressable = node.matches("button, a[href], textarea, select, input:not([type=file])") && !node.closest("p, li");
    if (pressable && Math.min(width, height) < 24) problems.push(`${named(node)} is ${width} by ${height}`);
  }
  if (log && log.scrollWidth > log.clientWidth) problems.push(`what was said is ${log.scrollWidth} wide in a box of ${log.clientWidth}`);
  if (log && log.clientHeight < 48) problems.push(`the log is ${log.clientHeight} high`);
  return problems;
}
