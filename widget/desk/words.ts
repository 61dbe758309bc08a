/** Every sentence an agent can read at the desk. */

import type { Numbered, Row } from "./types";

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
  noAnswers: "The bot has not answered anything yet.",
  noFailed: "Every delivery has arrived.",
  gone: "This conversation cannot be opened.",
  visitor: "Visitor",
  bot: "Bot",
  team: "Team",
  note: "Note for the team",
  name: "Your name",
  save: "Save",
  back: "Back to the list",
  take: "Take",
  toBot: "Back to bot",
  close: "Close",
  where: "Page",
  why: "Why",
  who: "Who",
  reply: "Your reply",
  placeholder: (name: string) => `Reply to ${name}…`,
  hint: "Enter sends. !note TEXT stays with the team, !help lists the commands.",
  send: "Send",
  sending: "Sending…",
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
  reasons: {
    asked: "The visitor asked for a person.",
    low_confidence: "The bot was not sure of an answer.",
    answerer_down: "The search could not be reached.",
    repeated: "The visitor asked the same thing again.",
    policy: "A rule of this site asks for a person.",
  } as Record<string, string>,
  verdicts: {
    answer: (sure: string) => `The bot answered, ${sure} sure`,
    suggest: (sure: string) => `The bot had only a guess, ${sure} sure`,
    unsure: (sure: string) => `The bot was not sure enough (${sure})`,
  } as Record<string, (sure: string) => string>,
  verdict: (sure: string) => `The bot weighed an answer (${sure})`,
  threadOpened: "Thread opened",
  deliveries: { card: "Hand-over card", line: "Message", close: "Closing mark" } as Record<string, string>,
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
