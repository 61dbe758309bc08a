/** The sentences of what is loaded later: about files and about what was done to a message. */

/** A number of bytes, as people say it. */
export function weight(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export const detach = (name: string) => `Remove ${name}`;
export const openFile = (name: string, size: number) => `Open ${name}, ${weight(size)}`;
export const unfit = {
  empty: (name: string) => `${name} is empty.`,
  large: (name: string, most: number) => `${name} is larger than ${weight(most)}.`,
  kind: (name: string) => `${name} is of a kind that cannot be sent.`,
  many: (most: number) => `One message takes ${most} files.`,
};
export const brokenFile = "The file could not be sent.";
export const lostFile = "The page was left before the file had arrived. Please attach it again.";
export const choices = "What did you mean?";
export const edited = "edited";
export const team = "Our team";
export const turned = {
  asked: "I am fetching a person for you. You can keep writing.",
  low_confidence: "I am not sure about this one, so let me get someone. You can keep writing.",
  repeated: "My answers did not help, so let me get someone. You can keep writing.",
  answerer_down: "I cannot look things up right now, so I am fetching a person. You can keep writing.",
  policy: "A person of our team will answer. You can keep writing.",
  waiting: "I am fetching a person. You can keep writing.",
  agent: (name: string) => `${name} has joined.`,
  bot: "You are talking to the assistant again.",
  closed: "This conversation is closed. Write again any time.",
};
