/**
 * The desk page: where a team without a chat platform reads and answers threads. This file joins the
 * state with the server and the page; what happens is decided in `state.ts` and `replies.ts`.
 */

import type { Attached } from "../src/attached";
import { browserClock, Connection, followBrowser, sameServer, type Socket, socketUrl } from "../src/connection";
import { newId } from "../src/dom";
import { Typing } from "../src/typing";
import { api, CallError, type Turning } from "./api";
import { Replies } from "./replies";
import { type Action, initial, type State, step, type Tab } from "./state";
import { type DeskFrame, type Failed, type Me, readDeskFrame } from "./types";
import { buildPage } from "./page";
import { words } from "./words";

type Happening = Action extends infer One ? (One extends Action ? Omit<One, "now"> : never) : never;

/** The two quiet lists have no live feed; they are read again this often while one of them is shown. */
const FEED_MS = 5000;

const RETRY_MS = 2000;

const clock = browserClock;
let state: State = initial;

/** The bytes of chosen files, which last as long as this page. */
const blobs = new Map<string, File>();

const replies = new Replies({
  clock,
  storage: storage(),
  post: ({ conversation, id, text, files }) => guarded(api.reply(conversation, id, text, files.map((file) => file.id ?? ""))),
  upload,
  changed() {
    settle();
    show();
  },
});

const link = new Connection<DeskFrame>({
  clock,
  dial: () => new WebSocket(socketUrl("/desk/ws", location.href)) as Socket,
  hello: () => [watch()],
  read: readDeskFrame,
  ready: null,
  online: () => navigator.onLine,
  onFrame: (frame) => happened({ type: "frame", frame }),
  onPhase(phase) {
    happened({ type: "link", phase });
    if (phase === "online") refresh();
  },
});

const typing = new Typing(clock, (on) => void (state.shown && link.send({ type: "typing", conversation: state.shown, on })));

const page = buildPage({
  tab: (tab) => go(tab === "threads" ? "" : tab),
  filter: (filter) => happened({ type: "filter", filter }),
  open: (id) => go(`c=${id}`),
  back: () => go(""),
  rename: (name) => attempt(api.rename(name), () => happened({ type: "renamed", name })),
  turn,
  press,
  reply,
  edit: (of, text) => {
    typing.stop();
    change((conversation) => api.edit(conversation, newId(), of, text));
  },
  erase: (of) => change((conversation) => api.erase(conversation, newId(), of)),
  keep,
  files: {
    ours: (url) => sameServer(url, location.origin),
    link: async (id) => sameServer((await guarded(api.link(id))).url, location.origin) ?? Promise.reject(new CallError(0, "")),
  },
  typing: () => typing.key(),
  retry: (id) => replies.retry(id),
  remove: (id) => replies.remove(id),
  redeliver: (delivery) => redeliver(delivery),
  mark: (conversation, action) => attempt(api.press(conversation, newId(), action), readFeed, readFeed),
  takeOver: (conversation) => attempt(api.turn(conversation, "take", newId()), () => go(`c=${conversation}`)),
  older,
});

function happened(happening: Happening): void {
  state = step(state, { ...happening, now: clock.now() });
  settle();
  show();
}

/** What stands in the log of the shown conversation is no longer on its way. */
function settle(): void {
  if (state.open) replies.logged(state.open.conversation, state.open.seq);
}

function show(): void {
  page.show(state, replies.of(state.shown), clock.now());
}

function watch(): object {
  return { type: "watch", conversation: state.shown, after: state.open?.seq ?? 0 };
}

/** After every connect: the list and the shown thread as they are now; then the socket keeps them fresh. */
function refresh(): void {
  happened({ type: "trouble", trouble: null });
  attempt(api.threads(), ({ threads }) => happened({ type: "threads", threads }));
  if (state.shown) load(state.shown);
  replies.flush();
}

function load(id: string): void {
  attempt(api.conversation(id), (conversation) => {
    happened({ type: "conversation", conversation });
    link.send(watch());
  });
}

/** A call about the shown conversation. Its effect comes back as an event; a failure is told. */
function change(calling: (conversation: string) => Promise<unknown>, failed = () => {}): void {
  if (!state.shown) return;
  attempt(calling(state.shown), () => happened({ type: "trouble", trouble: null }), failed);
}

function turn(to: Turning): void {
  change((conversation) => api.turn(conversation, to, newId()));
}

function press(action: string, failed: () => void): void {
  change((conversation) => api.press(conversation, newId(), action), failed);
}

function reply(text: string, files: Attached[]): void {
  typing.stop();
  if (state.shown) replies.add(state.shown, newId(), text, files);
}

function keep(files: File[]): Attached[] {
  return files.map((file) => {
    const key = newId();
    blobs.set(key, file);
    return { key, name: file.name, mime: file.type, size: file.size, id: null };
  });
}

async function upload({ key, name }: Attached): Promise<string> {
  const blob = blobs.get(key);
  if (!blob) throw new CallError(410, words.lostFile);
  const { id } = await guarded(api.upload(name, blob));
  blobs.delete(key);
  return id;
}

function redeliver(delivery: Failed["delivery"]): void {
  attempt(api.retry(delivery), readFeed);
}

/** Runs a call whose failure the agent should read. */
function attempt<T>(calling: Promise<T>, then: (value: T) => void, failed = () => {}): void {
  guarded(calling).then(then, (error: Error) => {
    failed();
    happened({ type: "trouble", trouble: error.message });
  });
}

/** A session that ended shows at any call; the page then says how to get a new one. */
async function guarded<T>(calling: Promise<T>): Promise<T> {
  try {
    return await calling;
  } catch (error) {
    if (error instanceof CallError && error.status === 401) {
      link.stop();
      happened({ type: "session", session: "needed" });
    }
    throw error;
  }
}

/** The address says what is shown, so that reload and the back button do what one expects. */
function go(place: string): void {
  if (location.hash.slice(1) === place) return;
  history.pushState(null, "", `#${place}`);
  route();
}

function route(): void {
  const place = location.hash.slice(1);
  typing.stop();
  if (place === "answers" || place === "failed") return openTab(place);
  const id = place.startsWith("c=") ? decodeURIComponent(place.slice(2)) : null;
  happened({ type: "show", conversation: id });
  link.send(watch());
  if (id) load(id);
}

function openTab(tab: Tab): void {
  happened({ type: "tab", tab });
  readFeed();
}

function readFeed(): void {
  if (state.session !== "in" || document.hidden) return;
  if (state.tab === "answers") attempt(api.answers(), (page) => happened({ type: "answers", page, older: false }));
  if (state.tab === "failed") attempt(api.failed(), ({ failed }) => happened({ type: "failed", failed }));
}

function older(): void {
  const last = state.answers?.answers.at(-1);
  if (last) attempt(api.answers(last), (page) => happened({ type: "answers", page, older: true }));
}

function keepTime(): void {
  clock.after(FEED_MS, () => {
    readFeed();
    happened({ type: "tick" });
    keepTime();
  });
}

/** A one-time link signs in; without one, or with a spent one, the cookie of an earlier time may do. */
async function signIn(login: string | null): Promise<void> {
  try {
    const me = login ? await api.login(login).catch(() => api.me()) : await api.me();
    enter(me);
  } catch (error) {
    const refused = error instanceof CallError && error.status === 401;
    happened({ type: "session", session: refused ? (login ? "expired" : "needed") : "checking" });
    if (!refused) clock.after(RETRY_MS, () => void signIn(login));
  }
}

function enter(me: Me): void {
  happened({ type: "session", session: "in", me });
  route();
  link.start();
  keepTime();
}

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** The one-time link is taken out of the address at once, so that it stays in no history. */
function takeLogin(): string | null {
  const login = new URLSearchParams(location.hash.slice(1)).get("login");
  if (login) history.replaceState(null, "", location.pathname);
  return login;
}

document.body.append(page.root);
addEventListener("popstate", route);
addEventListener("online", () => replies.flush());
followBrowser(link, new AbortController().signal);
show();
void signIn(takeLogin());
