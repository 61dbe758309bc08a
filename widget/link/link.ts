/**
 * Runs first on the chat's own page, `/chat/SITE`: takes the token out of the address, and hands it to the chat.
 *
 * Somebody else may have made the link. So what this browser said before is never given to the person of the token: a
 * visit with a token has its own entry in sessionStorage, which lasts as long as the tab, and the anonymous
 * conversation in localStorage stays where it is.
 */

import { arrive } from "./arrive";

type Hinny = ((...call: unknown[]) => unknown) & { q?: ArrayLike<unknown>[] };

const page = window as unknown as { hinny?: Hinny };
const queue: unknown[][] = [];
page.hinny = Object.assign((...call: unknown[]) => queue.push(call), { q: queue });

const site = decodeURIComponent(location.pathname.split("/")[2] ?? "");
/** Where a browser blocks storage, the token lasts as long as the page. */
const storage = tabStorage();

// The page's own sentence is English; everything else speaks the visitor's language.
document.documentElement.lang = navigator.language;

const kept = arrive(site, takeFragment(), storage);
if (kept) page.hinny("identify", kept);

// A second link that is opened in the same tab only changes what is behind the "#".
addEventListener("hashchange", () => {
  const token = takeFragment();
  if (!token) return;
  arrive(site, token, storage);
  if (storage) return location.reload();
  page.hinny?.("identify", null);
  page.hinny?.("identify", token);
});

// Where a phone's keyboard lies over the page instead of making it smaller, the chat takes what is left.
const view = window.visualViewport;
view?.addEventListener("resize", () => {
  const main = document.querySelector("main");
  if (main) main.style.height = view.height < innerHeight ? `${view.height}px` : "";
  scrollTo(0, 0);
});

/** The token behind the "#". It is gone from the address, and from the tab's history, before anything else runs. */
function takeFragment(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
