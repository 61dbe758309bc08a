/** How a site's chat looks: the one file that a page fetches before anybody clicks. */

/** As the server gives it under `/v1/sites/SITE/look`. Everything in it was checked there. */
export interface Look {
  /** When the dark colours hold, as a media query: `all`, `not all`, or the visitor's wish. */
  dark: string;
  /** The accent colour and what is legible on it, as `#rrggbb`: both for the light theme, then for the dark one. */
  colours: [main: string, on: string, darkMain: string, darkOn: string];
  side: "left" | "right";
  /** The button's distance from that side and from below, in pixels. */
  x: number;
  y: number;
  /** Whether the chat is fetched as soon as the page has nothing else to do. */
  preload?: boolean;
  /** The button's names by language: to open the chat, and to open it in a tab of its own. */
  words: Record<string, LauncherWords>;
}

export type LauncherWords = [open: string, tab: string];

export function sheet(css: string, media = ""): CSSStyleSheet {
  const made = new CSSStyleSheet({ media });
  made.replaceSync(css);
  return made;
}

/** What the look says, as variables for the style sheets of the button and of the chat. */
export function variables({ dark, colours: [main, on, darkMain, darkOn], side, x, y }: Look): string {
  const paint = (main: string, on: string) => `:host{--main:var(--hinny-accent,${main});--on:var(--hinny-on-accent,${on})`;
  return `${paint(main, on)};--${side}:${x}px;--y:${y}px}@media ${dark}{${paint(darkMain, darkOn)}}}`;
}

/** The entry of a table for the page's language, or else the browser's; English is always there. */
export function inLanguage<T>(table: Record<string, T>): T {
  const wanted = [document.documentElement.lang, ...navigator.languages].map((tag) => tag.slice(0, 2));
  return table[wanted.find((tag) => table[tag]) ?? "en"]!;
}
