/** Counts what a script leaves on a page: listeners, timers, sockets, observers. Runs before anything of the page. */

/** For `page.addInitScript`; afterwards `window.hinnyTestLeft()` tells what is still there, by kind. */
export function countLeftovers() {
  const left = new Map();
  const count = (kind, by) => left.set(kind, (left.get(kind) ?? 0) + by);

  const known = new WeakMap();
  const key = (type, options) => `${type} ${typeof options === "object" ? Boolean(options?.capture) : Boolean(options)}`;
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  // React listens to "selectionchange" for as long as the page lives; the chat never does.
  const global = (target) => target === window || target === document || target === window.visualViewport || target instanceof MediaQueryList;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? window;
    if (!listener || !global(target) || type === "selectionchange" || options?.signal?.aborted) return addEventListener.call(target, type, listener, options);
    if (!known.has(target)) known.set(target, new Map());
    const all = known.get(target);
    const of = all.get(listener) ?? all.set(listener, new Set()).get(listener);
    const name = key(type, options);
    if (!of.has(name)) {
      of.add(name);
      count("listeners", 1);
      const gone = () => of.delete(name) && count("listeners", -1);
      if (options?.once) addEventListener.call(target, type, gone, { once: true });
      options?.signal && addEventListener.call(options.signal, "abort", gone);
    }
    return addEventListener.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const of = known.get(this ?? window)?.get(listener);
    if (of?.delete(key(type, options))) count("listeners", -1);
    return removeEventListener.call(this ?? window, type, listener, options);
  };

  const timers = new Set();
  for (const [start, stop, repeats] of [["setTimeout", "clearTimeout", false], ["setInterval", "clearInterval", true]]) {
    const [begin, end] = [window[start], window[stop]];
    window[start] = (run, ...rest) => {
      const id = begin((...given) => {
        if (!repeats) timers.delete(id);
        run(...given);
      }, ...rest);
      timers.add(id);
      return id;
    };
    window[stop] = (id) => (timers.delete(id), end(id));
  }

  const sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  };
  for (const name of ["MutationObserver", "IntersectionObserver", "ResizeObserver"]) {
    window[name] = class extends window[name] {
      observe(...given) {
        if (!this.hinnyTestOn) count(name, 1);
        this.hinnyTestOn = true;
        return super.observe(...given);
      }
      disconnect() {
        if (this.hinnyTestOn) count(name, -1);
        this.hinnyTestOn = false;
        return super.disconnect();
      }
    };
  }

  window.hinnyTestLeft = () => ({
    ...Object.fromEntries([...left].filter(([, many]) => many)),
    timers: timers.size,
    sockets: sockets.filter((one) => one.readyState < WebSocket.CLOSING).length,
    nodes: document.querySelectorAll("hinny-chat").length,
    name: "hinny" in window,
  });
}
