/** Every sentence a visitor can read, with `more-words.ts`. Nothing else in the widget spells out English. */

export const open = "Open chat";
export const close = "Close chat";
export const unread = (count: number) => (count === 1 ? "1 new message" : `${count} new messages`);
export const chat = "Chat";
export const log = "Conversation";
export const composer = "Your message";
export const placeholder = "Write a message…";
export const send = "Send";
export const person = "Talk to a person";
export const personAsked = "Asking for a person…";
export const assistant = "Assistant";
export const you = "You";
export const team = "Our team";
export const sources = "Sources";
export const retry = "Try again";
export const remove = "Remove";
export const states = { sending: "Sending", stored: "Sent", uploading: "Uploading…", failed: "Not sent." };
export const attach = "Attach files";
export const partMissing = "This is not available right now. Please try again.";
export const gone = "Message removed";
export const writes = (name: string) => `${name} is writing…`;

export const answering = {
  bot: "The assistant answers right away",
  waiting: "A person is on the way",
  agent: (name: string) => `You are talking to ${name}`,
  closed: "Write again any time",
};
export const link = {
  connecting: "Connecting…",
  retrying: "Reconnecting…",
  offline: "You are offline; your messages are kept.",
  stopped: "The chat is not available right now. Please try again later.",
};
export const stopped = {
  protocol_unknown: "This page is out of date. Please reload it to go on chatting.",
  site_unknown: "The chat is not set up for this website yet.",
  origin_refused: "The chat is not set up for this website yet.",
} as Record<string, string>;
