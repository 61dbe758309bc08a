/** What those hear who do not see the page: the browser's own tree of roles and names, and what a live region announces. */

/** Roles that a reader of the screen passes over, because what they hold is read in their place. */
const SILENT = new Set(["none", "generic", "InlineTextBox", "paragraph", "RootWebArea", "LineBreak", "ListMarker", "strong", "code", "emphasis", "time", "Section"]);

/** Everything a reader comes by from the dialog's beginning to its end, a line each: `role "name"`, and what it is in. */
export async function walk(page, role = "dialog") {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send("Accessibility.getFullAXTree");
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [];
  const visit = (id) => {
    const node = byId.get(id);
    if (!node) return;
    const name = node.name?.value ?? "";
    const is = node.role?.value;
    if (!node.ignored && !SILENT.has(is)) lines.push(is === "StaticText" ? `text "${name}"` : `${is} "${name}"${states(node)}`);
    // The words of a button are its name.
    if (["button", "link", "heading", "textbox"].includes(is) && !node.ignored) return;
    for (const child of node.childIds ?? []) visit(child);
  };
  const start = nodes.find((node) => node.role?.value === role && !node.ignored);
  if (start) visit(start.nodeId);
  await devtools.detach();
  return lines;
}

function states({ properties = [] }) {
  const told = properties.filter(({ name, value }) => ["disabled", "expanded"].includes(name) && value.value !== undefined);
  return told.map(({ name, value }) => (value.value === true ? ` ${name}` : name === "expanded" ? " collapsed" : "")).join("");
}

/**
 * Runs in the page: from now on notes what a reader announces of the chat by itself. In a polite region that is what
 * is added or changed, unless the region is busy or hidden, or the part says that it is not live.
 */
export function listen() {
  const heard = (window.hinnyHeard = []);
  const root = document.querySelector("hinny-chat").shadowRoot;
  const regionOf = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest("[aria-live], [role=log], [role=status], [role=alert]");
  const words = (node) => {
    if (node.nodeType === 3) return node.data;
    if (node.nodeType !== 1 || node.matches("[hidden], [aria-hidden=true], [aria-live=off]")) return "";
    return [...node.childNodes].map(words).join(" ");
  };
  const live = (node) => {
    const region = regionOf(node);
    const element = node.nodeType === 1 ? node : node.parentElement;
    return region && region.getAttribute("aria-live") !== "off" && region.getAttribute("aria-busy") !== "true" && element.checkVisibility();
  };
  const note = (node) => {
    const text = live(node) ? words(node).replace(/\s+/g, " ").trim() : "";
    if (text) heard.push(text);
  };
  new MutationObserver((records) => {
    const added = records.flatMap(({ type, target, addedNodes }) => (type === "characterData" ? [target] : [...addedNodes]));
    const outermost = added.filter((node) => node.isConnected && !added.some((other) => other !== node && other.contains(node)));
    for (const node of new Set(outermost)) note(node);
  }).observe(root, { childList: true, characterData: true, subtree: true });
}
