/** Every sentence an agent can read at the desk. */

import type { Numbered, Row } from "./types";

/** Words by a name that comes from outside, which may be any: nothing is found that does not stand here. */
const open = <Value>(all: Record<string, Value>): Record<string, Value> => Object.assign(Object.create(null), all);

export const words = {
  title: "Desk",
  tabs: { threads: "Threads", answers: "Bot's answers", failed: "Failed deliveries" },
  filters: { open: "Open", closed: "Closed" },
  checking: "One moment…",
  loginNeeded: "You are not signed in.",
  loginHow: ["Ask for a link: ", "hinny desk login"],
  loginFailed: "This link was used already or is too old.",
  noThreads: { open: "Nobody is waiting. New threads appear here by themselves.", closed: "No closed threads yet." },
  noThread: "Choose a thread to read and answer it.",
  noAnswers: "The bot has not said anything yet.",
  older: "Older answers",
  wrong: "Wrong",
  right: "Not wrong",
  helped: "it helped",
  notHelped: "it did not help",
  wrongBy: (name: string) => `Marked as wrong by ${name}`,
  unmarked: (name: string) => `${name}: the answer was not wrong after all`,
  marked: (name: string) => `${name} marked an answer of the bot's as wrong`,
  takeOver: "Take over",
  noFailed: "Every delivery has arrived.",
  visitor: "Visitor",
  bot: "Bot",
  team: "Team",
  note: "Note for the team",
  name: "Your name",
  save: "Save",
  back: "Back to the list",
  take: "Take",
  toBot: "Back to bot",
  block: "Block",
  unblock: "Unblock",
  isBlocked: (until: number | null) => (until === null ? "Blocked" : `Blocked until ${new Date(until).toLocaleString()}`),
  close: "Close",
  where: "Page",
  verified: "Verified",
  unverified: "Not verified",
  screen: "screen",
  agreed: "Agreed",
  agreedAt: (at: number) => `to the site's text, ${new Date(at).toLocaleString()}`,
  why: "Why",
  who: "Who",
  reply: "Your reply",
  placeholder: (name: string) => `Reply to ${name}…`,
  hint: "Enter sends. !note TEXT stays with the team, !help lists the commands.",
  send: "Send",
  sending: "Sending…",
  uploading: "Uploading…",
  lostFile: "The page was left before a file had arrived. Please attach it again.",
  waiting: "Not sent yet; it will be tried again.",
  retry: "Try again",
  remove: "Remove",
  writes: (name: string) => `${name} is writing…`,
  log: "Transcript",
  list: "Threads",
  unread: "New",
  there: (time: string) => `${time} there`,
  anonymous: "not signed in",
  identified: "signed in",
  link: {
    connecting: "Connecting…",
    online: "",
    retrying: "Reconnecting…",
    offline: "You are offline. Replies are kept and sent later.",
    stopped: "The connection ended. Reload the page.",
  },
  handling: { bot: "Bot", waiting: "Waiting", agent: "With a person", closed: "Closed" },
  reasons: open<string>({
    asked: "The visitor asked for a person.",
    low_confidence: "The bot was not sure of an answer.",
    answerer_down: "The search could not be reached.",
    repeated: "The visitor asked the same thing again.",
    policy: "The team answers first here.",
  }),
  verdicts: open<(sure: string) => string>({
    answer: (sure: string) => `The bot answered, ${sure} sure`,
    suggest: (sure: string) => `The bot had only a guess, ${sure} sure`,
    unsure: (sure: string) => `The bot was not sure enough (${sure})`,
  }),
  verdict: (sure: string) => `The bot weighed an answer (${sure})`,
  said: open<(sure: string) => string>({
    answered: (sure: string) => `The bot answered, ${sure} sure`,
    drafted: (sure: string) => `Drafted for the team, ${sure} sure`,
    suggested: (sure: string) => `Suggested to choose from, ${sure} sure`,
  }),
  threadOpened: "Thread opened",
  attach: "Attach files",
  attachment: "A file",
  editing: "You are changing a line.",
  cancel: "Cancel",
  change: "Change this line",
  edit: "Edit",
  erase: "Delete",
  edited: "edited",
  removed: "Message removed",
  seen: "Seen",
  held: open<string>({
    colleague: "Not sent: whoever wrote this has not joined the conversation.",
    mention: "Not sent: it begins by mentioning a colleague.",
    reply: "Not sent: it answers a colleague.",
    secret: "Not sent: it looks like a password, key or card number.",
    other_thread: "Not sent: it was written in a thread that is not in use any more.",
    unmarked: "Not sent: only marked lines go to the visitor here.",
  }),
  heldBy: (name: string) => `${name} · not sent`,
  isHeld: "Not sent.",
  joinAndSend: "Join and send",
  sendAnyway: "Send anyway",
  drop: "Don't send",
  dropped: "A held line was not sent.",
  sendThis: "Send",
  sendAndSave: "Send and save",
  joined: (name: string) => `${name} joined`,
  blocked: (name: string, until: number | null) =>
    until === null ? `${name} blocked the visitor` : `${name} blocked the visitor until ${new Date(until).toLocaleString()}`,
  unblocked: (name: string) => `${name} let the visitor write again`,
  deliveryFailed: "A message could not be delivered.",
  drafted: "The bot would answer this; the visitor has not got it",
  draft: "Save this among the frequent questions?",
  masked: "Personal data was covered. Please look once more before you save it.",
  saveDraft: "Save",
  dropDraft: "Don't save",
  draftSaved: "Saved among the frequent questions.",
  draftDropped: "Not saved among the frequent questions.",
  undo: "Undo",
  deliveries: open<string>({
    card: "Hand-over card",
    card_update: "Hand-over card",
    line: "Message",
    edit: "Changed message",
    delete: "Removed message",
    close: "Closing mark",
    taken: "Mark of who took it",
    seen: "Mark of what was seen",
    recalled: "Mark of what was taken back",
    failed: "Notice of a failure",
    nudge: "Reminder",
    held: "Held line",
  }),
  attempts: (count: number) => (count === 1 ? "1 attempt" : `${count} attempts`),
};

export function reason(code: string | null): string | null {
  return code === null ? null : (words.reasons[code] ?? code);
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function visitorName(visitor: Row["visitor"]): string {
  return visitor.name ?? words.visitor;
}

/** The sentence for a change of who answers. */
export function turned(event: Extract<Numbered["event"], { kind: "handling" }>): string {
  switch (event.handling) {
    case "waiting":
      return `Waiting for a person. ${reason(event.reason) ?? ""}`.trim();
    case "agent":
      return `${event.agent ?? words.team} took over`;
    case "bot":
      return "The bot answers again";
    case "closed":
      return "Closed";
  }
}

/** "14:05" for today, "3 May" for older days. */
export function shortTime(at: number, now: number): string {
  const time = new Date(at);
  const today = time.toDateString() === new Date(now).toDateString();
  return today
    ? time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    : time.toLocaleDateString([], { day: "numeric", month: "short" });
}
