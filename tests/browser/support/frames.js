/** What a hostile server would say: one string in every place of every frame that the chat reads. */

const at = 1795334400000;
const EVIL = "https://evil.example";

export function welcome(word, conversation, seq) {
  const types = ["image/png", "text/plain"];
  const limits = { text: 4000, frame: 65536, file: 10_000_000, files: 5, types };
  const site = { id: "shop", name: word, greeting: word };
  return { type: "welcome", protocol: 1, token: "t", visitor: { kind: "identified", name: word }, conversation, seq, handling: "bot", site, limits };
}

/** A site whose own face is hostile: every string is a colleague and a reply. */
export function branded(words) {
  const brand = { logo: `${EVIL}/logo.png`, team: words.map((name) => ({ name, photo: `${EVIL}/${name}` })), replies: words };
  const first = welcome("new", null, 0);
  return { ...first, site: { ...first.site, brand } };
}

/** Where links may lead, with the string as the whole address and as a part of it. */
function addresses(word) {
  return [word, `javascript:alert(1)//${word}`, `https://www.example.com/${word}`];
}

/** The string as everything that a text can be made of. */
export function tree(word) {
  const text = { type: "text", text: word };
  const links = addresses(word).map((url) => ({ type: "link", url, children: [text] }));
  return [
    { type: "paragraph", children: [{ type: "strong", children: [text] }, { type: "code_span", text: word }, ...links] },
    { type: "quote", children: [{ type: "list", ordered: false, items: [[{ type: "paragraph", children: [text] }]] }] },
    { type: "code", text: word },
    { type: word, text: word, children: [text], url: word },
  ];
}

const sources = (word) => addresses(word).map((url) => ({ title: word, url }));

function files(word) {
  const both = [["image/png", `${EVIL}/${word}`], [word, `javascript:${word}`]];
  return both.map(([mime, url], index) => ({ id: `f${index}${word}`, name: word, mime, size: 10, width: 10, height: 10, url }));
}

const message = (id, author, text, rest = {}) => ({ kind: "message", id, author, text, sources: [], files: [], quotes: null, edited: false, deleted: false, ...rest });

/** The events of a log in which all that varies is the string. */
export function hostileEvents(word, nth) {
  const mine = `m-${nth}`;
  const theirs = `a-${nth}`;
  const agent = { kind: "agent", name: word, avatar: `${EVIL}/${word}` };
  return [
    message(mine, { kind: "visitor" }, [{ type: "paragraph", children: [{ type: "text", text: word }] }]),
    { kind: "handling", handling: "agent", reason: word, agent: word },
    message(theirs, agent, tree(word), { sources: sources(word), files: files(word), quotes: mine, edited: true, suggestions: { choices: [word], other: word } }),
    { kind: "reaction", id: mine, sign: word, on: true },
  ];
}

/** One conversation full of these strings, as the frames of a socket; the transient ones stand between the events. */
export function hostileFrames(words, conversation) {
  let seq = 0;
  const event = (one) => ({ type: "event", seq: ++seq, at, event: one });
  const frames = words.flatMap((word, nth) => [
    welcome(word, conversation, seq),
    { type: "typing", author: { kind: "agent", name: word }, on: true },
    { type: "partial", text: [{ type: "code", text: word }] },
    ...hostileEvents(word, nth).map(event),
    { type: "refused", id: null, error: nth % 2 ? word : "blocked", detail: word, retry_after_ms: nth % 2 ? null : 60_000 },
  ]);
  return [{ ...welcome("new", conversation, 0) }, ...frames, { type: "caught_up", seq }];
}
