/**
 * `<hinny-chat>`: the widget as one custom element. It joins the pure state with the page, the socket and
 * the storage, and decides nothing itself: everything that happens becomes an action for `step`.
 */

import type { AskPart } from "./ask";
import type { Attached } from "./attached";
import type { Call } from "./boot";
import type { Branding, BrandPart } from "./brand";
import { followFiles } from "./composer";
import { browserClock, Connection, followBrowser, type Socket, socketUrl } from "./connection";
import dark from "./dark.css";
import { newId } from "./dom";
import { type Look, sheet } from "./look";
import type { Events, EventsPart } from "./events";
import type { Acts } from "./message";
import type { Host, More, Part } from "./more";
import { buildPanel, followViewport, goRound, type Panel, scrollToEnd, showPanel } from "./panel";
import { unsent, type Wish } from "./pending";
import { type Attributes, page, whereabouts } from "./places";
import { renderText } from "./render";
import { type Action, initial, judged, needsMore, type State, step, wakeAt } from "./state";
import { Store } from "./store";
import type { Signer, SignPart } from "./sign";
import type { StreamPart } from "./stream";
import css from "./style.css";
import { type Hello, readFrame, type ServerFrame } from "./wire";
import { locale, words } from "./words";

/** An action without its time, which the element adds. */
type Happening = Action extends infer One ? (One extends Action ? Omit<One, "now"> : never) : never;

/** The longest that a page may say of its visitor, in characters. */
const LONGEST_CONTEXT = 8000;

/** A browser's timers do not reach further than 24 days; who wakes too early looks again. */
const LONGEST_WAIT_MS = 1e9;

/** What the chat loads when it is needed, each as `widget-NAME.js`. */
export interface Parts {
  more: Part;
  brand: BrandPart;
  /** Tells a page of events, if it listens. */
  events: EventsPart;
  /** Asks visitors to agree to the site's text, where it has one. */
  ask: AskPart;
  stream: StreamPart;
  sign: SignPart;
}

export class HinnyChat extends HTMLElement {
  /** Fetches a part that not every visitor needs; the attempts so far are told. */
  static load: <Name extends keyof Parts>(name: Name, attempt: number) => Promise<Parts[Name]>;

  /** What the loader left here, before this class was there. */
  declare server: string;
  declare site: string;
  declare look: Look;

  #state: State = initial;
  #nodes!: Panel;
  #store!: Store;
  #link!: Connection<ServerFrame>;
  #more: More | null = null;
  #brand: Branding | null = null;
  #loading: Promise<More | null> | null = null;
  #attempts = 0;
  /** What stands in for a socket, once one has failed. */
  #stream: StreamPart | undefined;
  /** The loader's styles and ours. */
  #dress: CSSStyleSheet[] | null = null;
  /** Set while chosen files wait to be taken. */
  #choosing: Promise<More | null> | null = null;
  #cancelWake: (() => void) | null = null;
  #attributes: Attributes | null = null;
  /** Ends all listening outside of our own nodes. */
  #ending: AbortController | null = null;
  /** The page's own "on" calls; one that was taken back is empty. */
  readonly #listening: Call[] = [];
  #events: Events | null = null;
  #signer: Signer | null = null;

  connectedCallback(): void {
    const root = this.shadowRoot;
    // Without the loader's button there is nothing to begin with.
    if (!root) return;
    this.#dress ??= [...root.adoptedStyleSheets, sheet(css), sheet(dark, this.look.dark)];
    root.adoptedStyleSheets = this.#dress;
    this.#nodes = buildPanel(root);
    this.#store = new Store(this.site);
    this.#link = this.#connection();
    this.#more = this.#loading = this.#brand = null;
    this.#listen();
    const kept = this.#store.read();
    this.#happened({ type: "kept", kept });
    if (kept.past) void this.#load();
    this.#nodes.input.value = kept.draft ?? "";
    if ((kept.token && kept.conversation) || kept.unsent.length) this.#start();
  }

  disconnectedCallback(): void {
    this.#link?.stop();
    this.#more?.leave();
    this.#cancelWake?.();
    this.#ending?.abort();
    this.#state = initial;
  }

  /** What stands in the page as a part of it opens by itself, so it leaves the focus where it is. With a greeting of its own, if there is one. */
  open(greeting?: unknown): void {
    if (greeting) words.greeting = String(greeting);
    this.#happened({ type: "open" });
    this.#start();
    scrollToEnd(this.#nodes);
    if (!this.#inline) this.#nodes.input.focus();
  }

  close(): void {
    if (this.#inline) return;
    this.#more?.typing.stop();
    this.#happened({ type: "close" });
    this.#nodes.launcher.focus();
  }

  /** A token signed by the site's own server says who the visitor is, or a function that gets one; null signs them out. */
  identify(identity: unknown): void {
    // Meanwhile nothing is said to the server.
    this.#link.hold(true);
    const become = (identity: string | null) => {
      if (!identity) this.#clear();
      this.#happened({ type: "identify", identity });
    };
    HinnyChat.load("sign", 0).then(
      ({ sign }) => (this.#signer = sign(identity, this.#state.token, this.server, this.#link, become)),
      () => this.#link.hold(false),
    );
  }

  /** Opens the chat and says something in the visitor's name. */
  ask(text: unknown): void {
    this.open();
    this.#request({ text: String(text) });
  }

  /** The page wants to hear of something, `["on", event, listener]`, or says what nobody knows. */
  listen(call: Call): void {
    const from = this.#state;
    if (this.#listening.push(call) > 1) this.#events?.look(from);
    else HinnyChat.load("events", 0).then(({ Events }) => (this.#events = new Events(this.#listening, from)).look(this.#state), console.error);
  }

  get #inline(): boolean {
    return this.hasAttribute("inline");
  }

  /** What the page says of the visitor, which is told once the chat is in use. */
  context(said: unknown): void {
    const all = { ...this.#attributes, ...(said as Attributes) };
    // One frame must hold it, beside all else.
    if (JSON.stringify(all).length > LONGEST_CONTEXT) return console.error("too long");
    this.#attributes = all;
    this.#moved();
  }

  /** Nothing is told before the visitor uses the chat; the hello then says it all. */
  #moved(): void {
    if (this.#state.phase === "online") this.#link.send({ type: "context", ...whereabouts(this.#attributes) });
  }

  #connection(): Connection<ServerFrame> {
    const url = socketUrl("/v1/ws", this.server);
    return new Connection<ServerFrame>({
      clock: browserClock,
      // After each failure the other way is tried.
      dial: (failures) => (this.#stream && failures % 2 ? new this.#stream.StreamSocket(this.server) : (new WebSocket(url) as Socket)),
      hello: () => [this.#hello()],
      read: readFrame,
      ready: "welcome",
      online: () => navigator.onLine,
      onFrame: (frame) => this.#happened({ type: "frame", frame }),
      onPhase: (phase) => {
        if (phase === "retrying") void HinnyChat.load("stream", this.#attempts++).then((part) => (this.#stream = part), none);
        this.#happened({ type: "link", phase });
      },
    });
  }

  #hello(): Hello {
    const { token, identity, conversation, seq } = this.#state;
    return {
      type: "hello",
      protocol: 1,
      site: this.site,
      token,
      identity,
      conversation,
      after: conversation ? seq : 0,
      ...whereabouts(this.#attributes),
      ...this.look.ask,
    };
  }

  /** Where visitors are asked to agree first, nothing is sent before they have. */
  #start(): void {
    if (!this.look.ask || this.#store.read().agreed) return this.#link.start();
    this.#nodes.form.hidden = true;
    HinnyChat.load("ask", this.#attempts++).then(({ ask }) => ask(this.#nodes, this.#store, words, renderText, () => this.#start()), () => this.#note(words.part_missing));
  }

  #happened(happening: Happening): void {
    const before = this.#state;
    const { state, send, upload, reconnect } = step(before, { ...happening, now: browserClock.now() });
    this.#state = state;
    this.#remember(before, state);
    for (const frame of send) this.#link.send(frame);
    if (upload) void this.#upload(upload);
    // A failure to load is itself told as a change, after which nothing is tried at once.
    if (happening.type !== "change" && needsMore(state)) void this.#load();
    if (state.site?.brand && !before.site) this.#brandWith(state.site.brand).catch(none);
    if (reconnect) this.#link.reconnect();
    // A long log is shown when all of it is there, and not anew with each of its lines.
    if (state.caughtUp || happening.type !== "frame" || happening.frame.type !== "event") this.#show();
    this.#events?.look(state);
    // The line may have changed the state meanwhile.
    this.#signer?.look(this.#state);
  }

  #show(): void {
    showPanel(this.#nodes, this.#state, this.#acts(), this.#more);
    this.#more?.look(this.#state);
    this.#brand?.show(this.#state);
    this.#cancelWake?.();
    const wake = wakeAt(this.#state);
    const wait = wake === null ? null : Math.min(LONGEST_WAIT_MS, Math.max(0, wake - browserClock.now()));
    this.#cancelWake = wait === null ? null : browserClock.after(wait, () => this.#happened({ type: "tick" }));
  }

  #acts(): Acts {
    return {
      retry: (id) => this.#happened({ type: "retry", id }),
      remove: (id) => this.#happened({ type: "remove", id }),
    };
  }

  /** Writes down what must outlive this page. A tab that knows less does not overwrite one that knows more. */
  #remember(before: State, { token, conversation, seen, pending }: State): void {
    for (const one of pending) if (!before.pending.includes(one)) this.#store.keep(unsent(one));
    for (const { id } of before.pending) if (!pending.some((one) => one.id === id)) this.#store.forget(id);
    if (token === before.token && conversation === before.conversation && seen === before.seen) return;
    if (!conversation && !before.conversation && this.#store.read().conversation) return;
    this.#store.write({ token, conversation, seen });
  }

  /** Files that were chosen a moment ago go with it, so they are waited for. */
  async #say(): Promise<void> {
    if (this.#choosing) await this.#choosing;
    const { chosen: files } = this.#state;
    const { input } = this.#nodes;
    const text = input.value.trim();
    this.#more?.typing.stop();
    if (text || files.length) this.#request({ text, files });
    this.#clear();
    input.focus();
  }

  /** What a button says; then the visitor goes on writing. */
  #press = (text: string | null): void => {
    this.#request({ text });
    this.#nodes.input.focus();
  };

  #request(what: Wish): void {
    this.#happened({ type: "ask", ask: { id: newId(), at: browserClock.now(), page: page(), ...what } });
    this.#start();
  }

  /** What only some need, or null when it cannot be had now; the next need tries again. */
  #load(): Promise<More | null> {
    return (this.#loading ??= this.#fetch());
  }

  async #fetch(): Promise<More | null> {
    const change: Host["change"] = (change) => this.#happened({ type: "change", change });
    const host: Host = {
      server: this.server,
      log: this.#nodes.log,
      // The whole pack comes with the part.
      get words() {
        return words;
      },
      locale,
      render: renderText,
      token: () => this.#state.token,
      send: (frame) => this.#link.send(frame),
      store: this.#store,
      request: (what) => this.#request(what),
      change,
      moved: () => this.#moved(),
    };
    try {
      const { More } = await HinnyChat.load("more", this.#attempts);
      // It came too late for a chat that has left the page.
      if (!this.isConnected) return null;
      this.#more = new More(host);
      this.#note(null);
    } catch {
      this.#attempts++;
      this.#loading = null;
      this.#note(words.part_missing);
    }
    return this.#more;
  }

  #note(notice: string | null): void {
    this.#happened({ type: "change", change: (state) => ({ ...state, notice }) });
  }

  /** A chat without its site's face is a whole one, so this is tried once. */
  async #brandWith(brand: object): Promise<void> {
    const { Branding } = await HinnyChat.load("brand", 0);
    this.#brand = new Branding({ server: this.server, panel: this.#nodes.panel, team: words.team, ask: this.#press }, brand);
    this.#show();
  }

  async #attach(files: File[]): Promise<void> {
    if (this.#more) return this.#more.attach(files);
    this.#choosing = this.#load();
    (await this.#choosing)?.attach(files);
    this.#choosing = null;
  }

  async #upload(one: Attached): Promise<void> {
    const more = this.#more ?? (await this.#load());
    if (more) return more.upload(one);
    const change = (state: State) => judged(state, state.flying ?? "", { failed: words.part_missing });
    this.#happened({ type: "change", change });
  }

  #listen(): void {
    const { launcher, close, panel, person, form, input, again } = this.#nodes;
    launcher.onclick = () => this.open();
    close.onclick = () => this.close();
    again.onclick = () => this.#link.reconnect();
    person.onclick = () => this.#press(null);
    panel.onkeydown = (event) => {
      if (event.key === "Escape" && !event.isComposing) this.close();
      if (!this.#inline) goRound(event, panel);
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.#say();
    };
    input.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    };
    input.oninput = () => this.#wrote();
    followFiles(this.#nodes, panel, (files) => void this.#attach(files));
    this.#ending = new AbortController();
    this.#follow(this.#ending.signal);
  }

  #wrote(): void {
    const { handling } = this.#state;
    const draft = this.#nodes.input.value;
    if (draft && (handling === "agent" || handling === "waiting")) this.#more?.typing.key();
    this.#store.write({ draft });
    this.#fit();
  }

  #clear(): void {
    this.#nodes.input.value = "";
    this.#wrote();
  }

  /** The box grows with its text; the style sheet says how far. */
  #fit(): void {
    const { input } = this.#nodes;
    input.style.height = "auto";
    if (input.value) input.style.height = `${input.scrollHeight}px`;
  }

  #follow(signal: AbortSignal): void {
    followBrowser(this.#link, signal);
    if (!this.#inline) followViewport(this.#nodes.panel, signal);
    // A page that is looked at again may show something new.
    document.addEventListener("visibilitychange", () => this.#more?.look(this.#state), { signal });
    const heard = (event: StorageEvent) => {
      if (event.key === this.#store.key) this.#happened({ type: "kept", kept: this.#store.read() });
    };
    addEventListener("storage", heard, { signal });
  }
}

/** What to do about a part that did not load, where the chat is whole without it. */
function none(): void {}
