/** Whoever reads the end of the conversation goes on reading it when its room changes: a keyboard opens, stars appear. */

import { isAtEnd } from "./dom";

export function stayAtEnd(log: HTMLElement, signal: AbortSignal): void {
  let following = true;
  let height = log.clientHeight;
  // Less room scrolls by itself too, which says nothing of the reader.
  const look = () => {
    if (log.clientHeight === height) following = isAtEnd(log);
  };
  log.addEventListener("scroll", look, { signal });
  const room = new ResizeObserver(() => {
    height = log.clientHeight;
    if (following) log.scrollTop = log.scrollHeight;
  });
  room.observe(log);
  signal.addEventListener("abort", () => room.disconnect());
}
