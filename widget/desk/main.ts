/**
 * The desk page: where a team without a chat platform reads and answers threads. This file joins the
 * state with the server and the page; what happens is decided in `state.ts` and `replies.ts`.
 */

import { browserClock, Connection, followBrowser, type Socket, socketUrl } from "../src/connection";
import { newId } from "../src/dom";
import { Typing } from "../src/typing";
import { api, CallError, type Turning } from "./api";
import { Replies } from "./replies";
import { type Action, initial, type State, step, type Tab } from "./state";
import { type DeskFrame, type Failed, type Me, readDeskFrame } from "./types";
import { buildPage } from "./page";

type Happening = Action extends infer One ? (One extends Action ? Omit<One, "now"> : never) : never;

/** The two quiet lists have no live feed; they are read again this often while one of them is shown. */
const FEED_MS = 5000;

const RETRY_MS = 2000;

const clock = browserClock;
let state: State = initial;

const replies = new Replies({
  clock,
  storage: storage(),
  post: ({ conversation, id, text }) => guarded(api.reply(conversation, id, text)),
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
  reply,
  typing: () => typing.key(),
  retry: (id) => replies.retry(id),
  remove: (id) => replies.remove(id),
  redeliver: (delivery) => redeliver(delivery),
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

function turn(to: Turning): void {
  if (state.shown) attempt(api.turn(state.shown, to, newId()), () => happened({ type: "trouble", trouble: null }));
}

function reply(text: string): void {
  typing.stop();
  if (state.shown) replies.add(state.shown, newId(), text);
}

function redeliver(delivery: Failed["delivery"]): void {
  attempt(api.retry(delivery), readFeed);
}

/** Runs a call whose failure the agent should read. */
function attempt<T>(calling: Promise<T>, then: (value: T) => void): void {
  guarded(calling).then(then, (error: Error) => happened({ type: "trouble", trouble: error.message }));
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
  if (state.tab === "answers") attempt(api.answers(), ({ answers }) => happened({ type: "answers", answers }));
  if (state.tab === "failed") attempt(api.failed(), ({ failed }) => happened({ type: "failed", failed }));
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
followBrowser(link);
show();
void signIn(takeLogin());
