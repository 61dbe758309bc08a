/** What a hostile server would tell the desk: one string in every place of every answer that the page reads. */

import { hostileEvents, tree } from "./frames.js";

const at = 1795334400000;

const row = (word, nth) => ({
  conversation: `c-${nth}`,
  visitor: { name: word, kind: "identified" },
  handling: "waiting",
  reason: word,
  agent: word,
  page: { url: nth % 2 ? word : `https://www.example.com/${word}`, title: word, referrer: word },
  last: { author: { kind: "agent", name: word }, text: word, at },
  seq: 1,
  opened_at: at,
  updated_at: at,
});

const said = (word, rest) => ({ kind: "message", id: word, author: { kind: "agent", name: word }, text: tree(word), sources: [{ title: word, url: word }], note: true, files: [], ...rest });

/** Everything that only the team sees. */
function teamEvents(word) {
  const by = { kind: "agent", name: word };
  return [
    said(word, {}),
    { kind: "verdict", verdict: word, confidence: 0.5, candidates: [{ title: word, score: 1, url: word }] },
    { kind: "draft", text: tree(word), sources: [{ title: word, url: `javascript:${word}` }] },
    { kind: "notice", text: word },
    { kind: "held", id: word, by, why: word, text: tree(word), files: [] },
    { kind: "joined", agent: word },
    { kind: "blocked", agent: word, until: null },
    { kind: "unblocked", agent: word },
    { kind: "marked", of: 1, agent: word, wrong: true },
    { kind: "delivery_failed", delivery: word, of: 1 },
    { kind: "faq_proposed", question: word, answer: word, masked: true },
  ];
}

function conversation(words) {
  const events = words.flatMap((word, nth) => [...hostileEvents(word, nth), ...teamEvents(word)]);
  const { visitor, page } = row(words[0], 0);
  return {
    ...row(words[0], 0),
    visitor: { ...visitor, id: words[0], language: words[0], time_zone: words[0], email: words[0], attributes: { [words[0]]: words[0] }, verified: true },
    page,
    seq: events.length,
    events: events.map((event, nth) => ({ seq: nth + 1, at, event })),
  };
}

const answer = (word, nth) => ({ conversation: `c-${nth}`, seq: nth + 1, at, question: word, answer: word, confidence: 0.9, verdict: word, sources: [{ title: word, url: word }], wrong: { by: word, at } });

const failed = (word, nth) => ({ delivery: `d-${nth}`, conversation: `c-${nth}`, target: word, what: word, error: word, attempts: 3, at });

/** The answers of the desk's interface, by the end of their path. */
export function hostileDesk(words) {
  return {
    me: { site: { id: "shop", name: words[0] }, agent: { name: words[0] } },
    threads: { threads: words.map(row), obstacle: words[0] },
    "conversations/c-0": conversation(words),
    answers: { answers: words.map(answer), more: false, speaks: words[0] },
    failed: { failed: words.map(failed) },
  };
}
