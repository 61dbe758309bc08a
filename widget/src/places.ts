/** Where the visitor is, as the team is told. */

import type { Page, Whereabouts } from "./wire";
import { locale } from "./words";

/** What a page's script says of its visitor. The server takes plain values of it, and null takes one away. */
export type Attributes = Record<string, unknown>;

const LONGEST_URL = 2000;
const LONGEST_TITLE = 200;

export function page(): Page {
  return {
    url: location.href.slice(0, LONGEST_URL),
    title: document.title.slice(0, LONGEST_TITLE),
    referrer: document.referrer.slice(0, LONGEST_URL),
  };
}

/** A tab that nobody looks at does not say that the visitor is there. */
export function whereabouts(attributes: Attributes | null): Whereabouts {
  const { width, height } = screen;
  return {
    ...(document.hidden ? {} : { page: page() }),
    language: locale,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width, height },
    ...(attributes && { attributes }),
  };
}
