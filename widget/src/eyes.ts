/** Whether a message is before somebody's eyes: in view of the log, on a page that is not hidden. */

/** A message counts as seen when half of it shows, or when it fills half of the log. */
const HALF = 0.5;

export class Eyes {
  readonly #log: HTMLElement;
  readonly #saw: (node: HTMLElement) => void;
  #observer: IntersectionObserver | null = null;
  #target: HTMLElement | null = null;

  constructor(log: HTMLElement, saw: (node: HTMLElement) => void) {
    this.#log = log;
    this.#saw = saw;
  }

  /** Watches this one message from now on, or nothing. */
  watch(node: HTMLElement | null): void {
    if (node === this.#target) return;
    this.#target = node;
    this.#observer?.disconnect();
    if (!node) return;
    const options = { root: this.#log, threshold: [0, 0.25, HALF, 0.75, 1] };
    this.#observer = new IntersectionObserver((entries) => this.#look(node, entries), options);
    this.#observer.observe(node);
  }

  #look(node: HTMLElement, entries: IntersectionObserverEntry[]): void {
    const shows = entries.some(({ intersectionRatio: ratio, intersectionRect, rootBounds }) => {
      return ratio >= HALF || (rootBounds && intersectionRect.height >= rootBounds.height * HALF);
    });
    if (shows) this.#saw(node);
  }
}
