/** Follows a visitor through a single-page app: tells when the page has become another one without being loaded anew. */

/** A page has come to rest when its address was the same for so long; its title is the new one by then. */
const SETTLE_MS = 1000;

/** Tells of every page that comes to rest. Nothing of the page's own is changed for it. */
export function followPlaces(moved: () => void, signal: AbortSignal): void {
  let last = location.href;
  let settle: ReturnType<typeof setTimeout>;
  const look = () => {
    if (location.href === last) return;
    last = location.href;
    clearTimeout(settle);
    settle = setTimeout(moved, SETTLE_MS);
  };
  const { navigation } = window as { navigation?: EventTarget };
  navigation?.addEventListener("currententrychange", look, { signal });
  for (const event of ["popstate", "hashchange"]) addEventListener(event, look, { signal });
  // Where the browser tells nobody of pushState, one has to look.
  const every = navigation ? undefined : setInterval(look, SETTLE_MS);
  signal.addEventListener("abort", () => {
    clearInterval(every);
    clearTimeout(settle);
  });
}
