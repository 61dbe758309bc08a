/** How a site's chat looks: the one file that a page fetches before anybody clicks. */

/** As the server gives it under `/v1/sites/SITE/look`. Everything in it was checked there. */
export interface Look {
  /** When the dark colours hold, as a media query: `all`, `not all`, or the visitor's wish. */
  dark: string;
  /** The accent colour, what is legible on it, and its shade that is legible as text, as `#rrggbb`: for the light theme, then for the dark one. */
  colours: string[];
  /** A picture instead of the bubble, by its path on the server. */
  icon?: string;
  side: "left" | "right";
  /** The button's distance from that side and from below, in pixels. */
  x: number;
  y: number;
  /** Whether the chat is fetched as soon as the page has nothing else to do. */
  preload?: boolean;
  /** The language that the server chose from those of the page and the browser. */
  lang: string;
  /** The button's names: to open the chat, and to open it in a tab of its own. */
  words: string[];
  /** Where visitors are asked to agree to a text first: what the hello of one who did has in it. */
  ask?: { consent: true };
  /** What is said to visitors who stay on a page: by which part, and the name of the button that closes it. */
  say?: { part: string; close: string; rules: Rule[] };
}

/** A name, the pattern of the page's path, seconds, and the text. */
export type Rule = [name: string, page: string, seconds: number, text: string];

export function sheet(css: string, media = ""): CSSStyleSheet {
  const made = new CSSStyleSheet({ media });
  made.replaceSync(css);
  return made;
}

/** What the look says, as variables for the style sheets of the button and of the chat. */
export function variables({ dark, colours, side, x, y }: Look): string {
  const paint = (at: number) =>
    `:host{--main:var(--hinny-accent,${colours[at]});--on:var(--hinny-on-accent,${colours[at + 1]});--text:var(--hinny-accent,${colours[at + 2]})`;
  return `${paint(0)};--${side}:${x}px;--y:${y}px}@media ${dark}{${paint(3)}}}`;
}
