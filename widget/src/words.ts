/** Every sentence a visitor can read. Nothing else in the widget spells out English. */

/** A number of bytes, as people say it. */
function weight(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export const words = {
  open: "Open chat",
  close: "Close chat",
  unread: (count: number) => (count === 1 ? "1 new message" : `${count} new messages`),
  chat: "Chat",
  log: "Conversation",
  composer: "Your message",
  placeholder: "Write a message…",
  send: "Send",
  person: "Talk to a person",
  personAsked: "Asking for a person…",
  assistant: "Assistant",
  you: "You",
  team: "Our team",
  sources: "Sources",
  retry: "Try again",
  remove: "Remove",
  sending: "Sending",
  stored: "Sent",
  uploading: "Uploading…",
  notSent: "Not sent.",
  attach: "Attach files",
  detach: (name: string) => `Remove ${name}`,
  openFile: (name: string, size: number) => `Open ${name}, ${weight(size)}`,
  weight,
  unfit: {
    empty: (name: string) => `${name} is empty.`,
    large: (name: string, most: number) => `${name} is larger than ${weight(most)}.`,
    kind: (name: string) => `${name} is of a kind that cannot be sent.`,
    many: (most: number) => `One message takes ${most} files.`,
  },
  brokenFile: "The file could not be sent.",
  lostFile: "The page was left before the file had arrived. Please attach it again.",
  edited: "edited",
  gone: "Message removed",
  writes: (name: string) => `${name} is writing…`,

  answering: {
    bot: "The assistant answers right away",
    waiting: "A person is on the way",
    agent: (name: string) => `You are talking to ${name}`,
    closed: "Write again any time",
  },
  turned: {
    asked: "I am fetching a person for you. You can keep writing.",
    low_confidence: "I am not sure about this one, so I am fetching a person. You can keep writing.",
    answerer_down: "I cannot look things up right now, so I am fetching a person. You can keep writing.",
    waiting: "I am fetching a person. You can keep writing.",
    agent: (name: string) => `${name} has joined.`,
    bot: "You are talking to the assistant again.",
    closed: "This conversation is closed. Write again any time.",
  },
  link: {
    connecting: "Connecting…",
    retrying: "Reconnecting…",
    offline: "You are offline; your messages are kept.",
    stopped: "The chat is not available right now. Please try again later.",
  },
  stopped: {
    protocol_unknown: "This page is out of date. Please reload it to go on chatting.",
    site_unknown: "The chat is not set up for this website yet.",
    origin_refused: "The chat is not set up for this website yet.",
  } as Record<string, string>,
};
