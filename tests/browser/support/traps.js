/** What a hostile string would have to do, and how it is noticed: these functions run in the page. */

/** Before anything of the page: whatever a payload calls is counted. */
export function setTraps() {
  window.hinnyTraps = [];
  const trapped = (name) => (...given) => void window.hinnyTraps.push(`${name}(${given.join()})`);
  for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = trapped(name);
  for (const name of ["write", "writeln"]) document[name] = trapped(`document.${name}`);
}

/**
 * From now on every node is looked at as it comes: in a shadow root or at the desk only elements that are ours may
 * come, with attributes that are ours; outside of them none at all.
 */
export function watchNodes(everywhere) {
  const TAGS = /^(a|aside|b|blockquote|br|button|code|dd|details|div|dl|dt|em|fieldset|footer|form|h[1-6]|header|i|img|input|label|legend|li|main|menu|nav|ol|option|p|path|pre|section|select|small|span|strong|summary|svg|textarea|time|ul)$/;
  const PLAIN = /^(aria-[a-z]+|data-[a-z-]+|accept|alt|autocomplete|class|d|dir|disabled|download|enterkeyhint|for|height|hidden|id|inert|lang|loading|maxlength|multiple|name|open|part|placeholder|rel|role|rows|tabindex|target|title|type|value|viewBox|width|datetime|open|required|style)$/;
  const judged = (node) => {
    const tag = node.tagName.toLowerCase();
    if (!TAGS.test(tag)) return `<${tag}>`;
    for (const { name, value } of node.attributes) {
      if (name === "href" && /^(https?:|mailto:|#)/.test(node.href)) continue;
      if (name === "src" && new URL(node.src).origin === new URL(document.querySelector("script[src]")?.src ?? location).origin) continue;
      if (!PLAIN.test(name) || /url\(|expression/i.test(name === "style" ? value : "")) return `<${tag} ${name}="${value}">`;
    }
    return null;
  };
  const found = (window.hinnyStrange = []);
  window.hinnySeen = 0;
  const look = (added) => {
    for (const node of added.nodeType === 1 ? [added, ...added.querySelectorAll("*")] : []) {
      window.hinnySeen++;
      const problem = judged(node);
      if (problem && found.length < 50) found.push(problem);
    }
  };
  const inside = (records) => records.forEach(({ addedNodes }) => addedNodes.forEach(look));
  const outside = (records) => {
    for (const { target, addedNodes } of records) {
      if (target.nodeName === "TITLE" || target.nodeName === "HINNY-CHAT") continue;
      for (const node of addedNodes) found.push(`outside: ${node.nodeName} in ${target.nodeName}`);
    }
  };
  const observe = (root, callback) => new MutationObserver(callback).observe(root, { childList: true, subtree: true });
  const ours = everywhere ? document.body : document.querySelector("hinny-chat").shadowRoot;
  [...ours.children].forEach(look);
  observe(ours, inside);
  if (!everywhere) observe(document, outside);
}

/** What has been noticed so far, and how many elements were looked at. */
export function noticed() {
  return { strange: [...window.hinnyStrange, ...window.hinnyTraps, ...(window.hinnyHit === undefined ? [] : ["hinnyHit"])], seen: window.hinnySeen };
}

/** Before anything of the page: its sockets lead nowhere, and `hinnyFeed` says what comes by them. */
export function setSocket() {
  window.WebSocket = class extends EventTarget {
    static OPEN = 1;
    readyState = 0;
    bufferedAmount = 0;
    constructor() {
      super();
      window.hinnySocket = this;
      queueMicrotask(() => {
        this.readyState = 1;
        this.emit(new Event("open"));
      });
    }
    send() {}
    close() {}
    emit(event) {
      this[`on${event.type}`]?.(event);
      this.dispatchEvent(event);
    }
  };
  window.hinnyFeed = (frames) => {
    for (const frame of frames) window.hinnySocket.emit(new MessageEvent("message", { data: JSON.stringify(frame) }));
  };
}
