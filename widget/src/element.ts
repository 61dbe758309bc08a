/**
 * `<hinny-chat>`: the widget as one custom element. It joins the pure state with the page, the socket and
 * the storage, and decides nothing itself: everything that happens becomes an action for `step`.
 */

import { browserClock, Connection, followBrowser, type Socket, socketUrl } from "./connection";
import { newId } from "./dom";
import { buildPanel, followViewport, type Panel, scrollToEnd, showPanel } from "./panel";
import { type Action, initial, type State, step, wakeAt } from "./state";
import { Store } from "./store";
import css from "./style.css";
import { Typing } from "./typing";
import { type Hello, type Page, readFrame, type ServerFrame } from "./wire";

/** An action without its time, which the element adds. */
type Happening = Action extends infer One ? (One extends Action ? Omit<One, "now"> : never) : never;

const LONGEST_URL = 2000;
const LONGEST_TITLE = 200;

export class HinnyChat extends HTMLElement {
  private state: State = initial;
  private nodes!: Panel;
  private store!: Store;
  private link!: Connection<ServerFrame>;
  private typing!: Typing;
  private cancelWake: (() => void) | null = null;
  private undo: (() => void)[] = [];

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren();
    this.nodes = buildPanel(root);
    this.store = new Store(this.site);
    this.link = this.connection();
    this.typing = new Typing(browserClock, (on) => void this.link.send({ type: "typing", on }));
    this.listen();
    const kept = this.store.read();
    this.happened({ type: "kept", kept });
    if ((kept.token && kept.conversation) || kept.unsent.length) this.link.start();
  }

  disconnectedCallback(): void {
    this.link.stop();
    this.cancelWake?.();
    for (const undo of this.undo.splice(0)) undo();
    this.state = initial;
  }

  open(): void {
    this.happened({ type: "open" });
    this.link.start();
    scrollToEnd(this.nodes);
    this.nodes.input.focus();
  }

  close(): void {
    this.typing.stop();
    this.happened({ type: "close" });
    this.nodes.launcher.focus();
  }

  /** A token signed by the site's own server says who the visitor is; null signs them out. */
  identify(identity: string | null): void {
    this.happened({ type: "identify", identity: identity || null });
  }

  /** Opens the chat and says something in the visitor's name. */
  ask(text: string): void {
    this.open();
    this.say(text);
  }

  private get site(): string {
    return this.getAttribute("site") ?? "";
  }

  private connection(): Connection<ServerFrame> {
    const url = socketUrl("/v1/ws", this.getAttribute("server") ?? location.href);
    return new Connection<ServerFrame>({
      clock: browserClock,
      dial: () => new WebSocket(url) as Socket,
      hello: () => [this.hello()],
      read: readFrame,
      ready: "welcome",
      online: () => navigator.onLine,
      onFrame: (frame) => this.happened({ type: "frame", frame }),
      onPhase: (phase) => this.happened({ type: "link", phase }),
    });
  }

  private hello(): Hello {
    const { token, identity, conversation, seq } = this.state;
    return {
      type: "hello",
      protocol: 1,
      site: this.site,
      ...(token && { token }),
      ...(identity && { identity }),
      ...(conversation && { conversation }),
      after: conversation ? seq : 0,
      page: page(),
      language: navigator.language,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
  }

  private happened(happening: Happening): void {
    const before = this.state;
    const { state, send, reconnect } = step(before, { ...happening, now: browserClock.now() });
    this.state = state;
    this.remember(before, state);
    for (const frame of send) this.link.send(frame);
    if (reconnect) this.link.reconnect();
    this.show();
  }

  private show(): void {
    showPanel(this.nodes, this.state, {
      retry: (id) => this.happened({ type: "retry", id }),
      remove: (id) => this.happened({ type: "remove", id }),
    });
    this.cancelWake?.();
    const wake = wakeAt(this.state);
    const wait = wake === null ? null : Math.max(0, wake - browserClock.now());
    this.cancelWake = wait === null ? null : browserClock.after(wait, () => this.happened({ type: "tick" }));
  }

  /** Writes down what must outlive this page. A tab that knows less does not overwrite one that knows more. */
  private remember(before: State, { token, conversation, seen, pending }: State): void {
    const ids = (state: Pick<State, "pending">) => new Set(state.pending.map((one) => one.id));
    const [had, has] = [ids(before), ids({ pending })];
    for (const one of pending) {
      if (!had.has(one.id)) this.store.keep({ id: one.id, at: one.at, text: one.text, page: one.page });
    }
    for (const id of had) if (!has.has(id)) this.store.forget(id);
    if (token === before.token && conversation === before.conversation && seen === before.seen) return;
    if (!conversation && !before.conversation && this.store.read().conversation) return;
    this.store.write({ token, conversation, seen });
  }

  private say(text: string): void {
    const words = text.trim();
    if (words) this.request(words);
    this.typing.stop();
  }

  private request(text: string | null): void {
    this.happened({ type: "ask", ask: { id: newId(), at: browserClock.now(), text, page: page() } });
    this.link.start();
  }

  private listen(): void {
    const { launcher, close, panel, person, form, input, again } = this.nodes;
    launcher.onclick = () => this.open();
    close.onclick = () => this.close();
    again.onclick = () => this.link.reconnect();
    person.onclick = () => {
      this.request(null);
      input.focus();
    };
    panel.onkeydown = (event) => {
      if (event.key === "Escape" && !event.isComposing) this.close();
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      this.say(input.value);
      input.value = "";
      this.fit();
      input.focus();
    };
    input.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    };
    input.oninput = () => this.wrote();
    this.undo.push(followBrowser(this.link), followViewport(panel), this.followTabs());
  }

  private wrote(): void {
    const { handling } = this.state;
    if (handling === "agent" || handling === "waiting") this.typing.key();
    this.fit();
  }

  /** The box grows with its text; the style sheet says how far. */
  private fit(): void {
    const { input } = this.nodes;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
  }

  private followTabs(): () => void {
    const heard = (event: StorageEvent) => {
      if (event.key === this.store.key) this.happened({ type: "kept", kept: this.store.read() });
    };
    addEventListener("storage", heard);
    return () => removeEventListener("storage", heard);
  }
}

function page(): Page {
  return {
    url: location.href.slice(0, LONGEST_URL),
    title: document.title.slice(0, LONGEST_TITLE),
    referrer: document.referrer.slice(0, LONGEST_URL),
  };
}
