/**
 * Says outside of the chat that somebody answered: a number in the page's title, a sound, a notification. The permission
 * for notifications is asked by a button, and only once a person is to answer; one switch silences it all.
 */

import { h } from "./dom";
import type { Message } from "./entries";
import type { Host } from "./more";
import { wordsOf } from "./render";
import { type State, unread } from "./state";
import { later } from "./later";
import { words } from "./words";

const LONGEST = 140;

export class Bell {
  readonly #host: Host;
  readonly #panel: HTMLElement;
  /** The page's own title, while ours stands there. */
  #title: string | null = null;
  #ours = "";
  /** The last event while somebody looked at the page. */
  #heard = -1;
  /** The last event that was looked at for a sound. */
  #rung = -1;
  #offer: HTMLElement | null = null;
  #last: State | null = null;
  readonly #turned = () => this.#last && this.look(this.#last);

  constructor(host: Host, panel: HTMLElement) {
    this.#host = host;
    this.#panel = panel;
    document.addEventListener("visibilitychange", this.#turned);
  }

  get muted(): boolean {
    return this.#host.store.read().muted === true;
  }

  mute(muted: boolean): void {
    this.#host.store.write({ muted });
    if (this.#last) this.look(this.#last);
  }

  look(state: State): void {
    const { entries, seq, open, caughtUp } = (this.#last = state);
    if (!document.hidden || this.#heard < 0 || this.#heard > seq) this.#heard = document.hidden ? state.seen : seq;
    const news = entries.filter((one) => one.kind === "message" && one.author.kind !== "visitor" && one.seq > this.#heard);
    this.#entitle(document.hidden ? (open ? news.length : Math.max(unread(state), news.length)) : 0);
    if (this.#rung < 0 || this.#rung > seq) this.#rung = caughtUp ? seq : -1;
    else this.#ring(state);
    this.#ask(state);
  }

  leave(): void {
    document.removeEventListener("visibilitychange", this.#turned);
    this.#entitle(0);
  }

  /** The page may call itself something else meanwhile; then that is what comes back. */
  #entitle(count: number): void {
    if (this.#title === null || document.title !== this.#ours) this.#title = document.title;
    this.#ours = count ? `(${count}) ${this.#title}` : this.#title;
    if (document.title !== this.#ours) document.title = this.#ours;
    if (!count) this.#title = null;
  }

  /** A person's words, when nobody looks. */
  #ring({ entries, seq, open, site }: State): void {
    const fresh = entries.filter((one): one is Message => one.kind === "message" && one.author.kind === "agent" && one.seq > this.#rung);
    this.#rung = seq;
    const last = fresh.at(-1);
    if (!last || this.muted || (open && !document.hidden)) return;
    chime();
    if (document.hidden) this.#notify(last, site?.name ?? words.chat);
  }

  #notify(one: Message, title: string): void {
    if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
    const body = `${one.author.name ?? words.team}: ${wordsOf(this.#host.render(one.text))}`.slice(0, LONGEST);
    try {
      // The same name: a second one takes the place of the first.
      const told = new Notification(title, { body, tag: this.#host.store.key });
      told.onclick = () => {
        window.focus();
        told.close();
        // The button is hidden while the chat is open, and then there is nothing to do.
        const launcher = (this.#host.log.getRootNode() as ShadowRoot).querySelector<HTMLElement>('[data-role="launcher"]');
        if (!launcher?.hidden) launcher?.click();
      };
    } catch {
      // Some phones have notifications for installed apps only.
    }
  }

  #ask({ handling }: State): void {
    const wanted = typeof Notification !== "undefined" && Notification.permission === "default" && (handling === "waiting" || handling === "agent") && !this.muted;
    if (wanted === (this.#offer !== null)) return;
    this.#offer?.remove();
    this.#offer = null;
    if (!wanted) return;
    const button = h("button", { type: "button", class: "notify", part: "notify", "data-role": "notify" }, later.notify);
    button.onclick = async () => {
      await Notification.requestPermission();
      this.#turned();
    };
    this.#offer = button;
    this.#panel.querySelector("footer")!.before(button);
  }
}

/** Two soft tones. A browser that has heard no click yet stays silent. */
function chime(): void {
  try {
    const audio = new AudioContext();
    for (const [at, pitch] of [[0, 660], [0.14, 880]] as const) {
      const [tone, volume, from] = [audio.createOscillator(), audio.createGain(), audio.currentTime + at];
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.08, from);
      volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.4);
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.4);
    }
    setTimeout(() => void audio.close(), 1000);
  } catch {
    // A page without sound is no reason to fail.
  }
}
