//! Between words and decisions: from a request to a command, and from a decision back to bodies.
//!
//! Which file answers which question:
//! - `facts`: what a command has to know besides its request, read from the store.
//! - `bodies`: the words that an event takes.
//! - `talk`: what was said before, where a new line has to be read beside it.
//! - `phrasing`: how a language model words an answer.
//! - `offers`: what the visitor is asked when the bot has only a guess.
//! - `asking`: how open questions reach the answerer.

mod asking;
mod bodies;
mod facts;
mod offers;
mod phrasing;
mod talk;

use hinny_bridges::text::Text;
use hinny_bridges::{Aside, Thread};
use hinny_kb::Judgement;

pub use asking::{Asked, judged};
pub use bodies::body;
pub use facts::{Facts, facts};

use crate::action::Action;
use crate::body::Body;
use crate::dialogue::{Command, NewWords, Settled, TeamLine};
use crate::event::{BotMeanwhile, By, Held, Intent, Turn, Verdict};
use crate::ids::Millis;
use crate::lines::{BlockFor, Meant, Understood, marked, understand};
use crate::order::{Editor, FaqOutcome, Request, TeamSaid};
use crate::shell::{Mode, Speaks};
use crate::store::Entry;
use crate::{guard, intent};

/// What the request wants, without its words.
pub fn command(request: &Request, facts: &Facts) -> Command {
    from_visitor(request, facts)
        .or_else(|| from_team(request, facts))
        .or_else(|| from_outbox(request, facts))
        .unwrap_or_else(|| from_us(request, facts))
}

fn from_visitor(request: &Request, facts: &Facts) -> Option<Command> {
    Some(match request {
        Request::Say { message, text, .. } => Command::Say {
            message: message.clone(),
            intent: facts.heard.map_or(Intent::Question, |heard| heard.intent),
            again: facts.again,
            unfinished: intent::sounds_unfinished(text),
            asks: intent::asks(text),
        },
        Request::RequestPerson { message } => Command::RequestPerson {
            message: message.clone(),
        },
        Request::Choose {
            message, choice, ..
        } => Command::Pick {
            message: message.clone(),
            of: facts.pointed.clone(),
            choice: *choice,
            known: bodies::picked(*choice, facts).is_some(),
        },
        Request::Help { yes, .. } => Command::Help {
            of: facts.pointed.clone(),
            yes: *yes,
        },
        Request::Rate { stars, comment } => Command::Rate {
            stars: *stars,
            comment: !comment.is_empty(),
        },
        Request::Leave => Command::Leave,
        Request::Saw { upto } => Command::Saw { upto: *upto },
        Request::Identify { .. } => Command::Identify,
        _ => return None,
    })
}

fn from_team(request: &Request, facts: &Facts) -> Option<Command> {
    Some(match request {
        Request::Reply { by, said, via } => reply(&by.id, said, via.as_ref(), facts),
        Request::Take { by } => button(&by.id, TeamLine::Take),
        Request::Back { by } => button(&by.id, TeamLine::Back),
        Request::Close { by } => button(&by.id, TeamLine::Close),
        Request::Block { by, until } => Command::Block {
            by: by.id.clone(),
            until: *until,
        },
        Request::Unblock { by } => Command::Unblock { by: by.id.clone() },
        Request::Press { by, action, .. } => press(&by.id, action, facts),
        Request::EditMessage { by, text, via, .. } => Command::Edit {
            by: editor(by),
            of: facts.pointed.clone(),
            words: new_words(by, text, via.as_ref(), facts),
            via: via.clone(),
        },
        Request::DeleteMessage { by, gone, via, .. } => Command::Delete {
            by: editor(by),
            of: facts.pointed.clone(),
            gone: *gone,
            via: via.clone(),
        },
        Request::React {
            by, sign, on, via, ..
        } => Command::React {
            by: by.id.clone(),
            of: facts.pointed.clone(),
            sign: sign.clone(),
            on: *on,
            via: via.clone(),
        },
        _ => return None,
    })
}

fn from_outbox(request: &Request, facts: &Facts) -> Option<Command> {
    Some(match request {
        Request::NoteThread { thread, posts, .. } => Command::NoteThread {
            thread: thread.clone(),
            posts: posts.iter().map(|post| post.id.clone()).collect(),
        },
        Request::LoseThread { thread } => Command::LoseThread {
            thread: thread.clone(),
        },
        Request::DeliveryFailed { delivery, of } => Command::DeliveryFailed {
            delivery: delivery.clone(),
            of: *of,
        },
        Request::Retry { delivery } => Command::Retry {
            delivery: delivery.clone(),
            of: facts.pointed.clone(),
        },
        _ => return None,
    })
}

fn from_us(request: &Request, facts: &Facts) -> Command {
    match request {
        Request::Judge {
            turn,
            judgement,
            partial,
        } => judged_by(*turn, judgement, *partial, facts),
        Request::FailTurn { turn } => Command::FailTurn { turn: *turn },
        Request::AnswerDue { turn } => Command::AnswerDue {
            turn: *turn,
            asked_here: facts.asked == Some(*turn),
        },
        Request::LearnDue { of } => Command::LearnDue { of: *of },
        Request::FaqSettled { outcome, .. } => Command::SettleFaq {
            of: facts.pointed.clone(),
            outcome: match outcome {
                FaqOutcome::Saved { entry } => Settled::Saved {
                    entry: entry.clone(),
                },
                FaqOutcome::TakenOut => Settled::TakenOut,
                FaqOutcome::Failed => Settled::Failed,
            },
        },
        Request::HandOver { written } => Command::HandOver {
            written: written.is_some(),
        },
        // All others were understood before.
        _ => Command::HandOver { written: false },
    }
}

/// What a judgement is for: the visitor, or the team alone.
fn judged_by(turn: Turn, judgement: &Judgement, partial: bool, facts: &Facts) -> Command {
    let (verdict, generation) = (verdict(judgement.verdict), judgement.generation.clone());
    let bot = match (facts.speaks, facts.speaks.to(judgement)) {
        (_, Speaks::BotFirst) => {
            return Command::Judge {
                turn,
                verdict,
                generation,
                again: facts.again,
                partial,
                offer: facts.offer.clone(),
            };
        }
        (Speaks::HumanFirst, _) => BotMeanwhile::Silent,
        // Later questions may still have what this one has not.
        (Speaks::BotFirst | Speaks::Drafts, _) => BotMeanwhile::Helping,
    };
    Command::Brief {
        turn,
        verdict,
        generation,
        bot,
        draft: facts.speaks.to(judgement) == Speaks::Drafts && judgement.answer.is_some(),
    }
}

fn reply(by: &str, said: &TeamSaid, via: Option<&Thread>, facts: &Facts) -> Command {
    let by = by.to_owned();
    let understood = understand(&said.text);
    let line = match understood.line {
        Meant::Line(line) => line,
        Meant::Block(length) => {
            let until = facts.block_until(length);
            return Command::Block { by, until };
        }
        Meant::Unblock => return Command::Unblock { by },
        Meant::Faq => {
            let possible = facts.can_learn;
            return Command::ProposeFaq { by, possible };
        }
        Meant::FaqUndo => {
            let of = facts.pointed.clone();
            return Command::UndoFaq { by, of };
        }
    };
    Command::Reply {
        slip: slip(&understood, said.aside, via, facts),
        pointed: facts.pointed.clone(),
        refused: !said.refused.is_empty(),
        via: via.cloned(),
        line,
        by,
    }
}

/// Why words should not go out by themselves. The desk's page has a place of its own for words to the visitor, so
/// they need no mark there.
fn slip(
    understood: &Understood,
    aside: Option<Aside>,
    via: Option<&Thread>,
    facts: &Facts,
) -> Option<Held> {
    if facts.mode == Mode::Explicit && via.is_some() && marked(&understood.text).is_none() {
        return Some(Held::Unmarked);
    }
    if guard::secret(&understood.text.to_plain()).is_some() {
        return Some(Held::Secret);
    }
    // Who marks a line has said whom it is for.
    match aside.filter(|_| facts.mode == Mode::Open) {
        Some(Aside::Mention) => Some(Held::Mention),
        Some(Aside::Reply) => Some(Held::Reply),
        None => None,
    }
}

/// Words of a line as the visitor gets them: without the mark, where a mark is asked for.
fn words_for_visitor(understood: Understood, via: Option<&Thread>, mode: Mode) -> Text {
    let is_marked = mode == Mode::Explicit && via.is_some();
    match marked(&understood.text) {
        Some(words) if is_marked => words,
        _ => understood.text,
    }
}

fn new_words(by: &Editor, text: &Text, via: Option<&Thread>, facts: &Facts) -> NewWords {
    let understood = understand(text);
    let is_plain = understood.line == Meant::Line(TeamLine::Plain);
    let slips = slip(&understood, None, via, facts).is_some();
    let new = edited_words(by, text, via, facts.mode);
    match &facts.body {
        Some(Body::Message { text: old, .. }) if *old == new => NewWords::Same,
        _ if *by == Editor::Visitor || is_plain && !slips => NewWords::Fit,
        _ => NewWords::Slip,
    }
}

/// The new words of an edited message. An edited note keeps being a note, with or without its command.
fn edited_words(by: &Editor, text: &Text, via: Option<&Thread>, mode: Mode) -> Text {
    match by {
        Editor::Visitor => text.clone(),
        Editor::Agent(_) => {
            let understood = understand(text);
            match understood.line {
                Meant::Line(TeamLine::Plain) => words_for_visitor(understood, via, mode),
                Meant::Line(TeamLine::Note | TeamLine::Edit) => understood.text,
                _ => text.clone(),
            }
        }
    }
}

fn editor(by: &Editor) -> By {
    match by {
        Editor::Visitor => By::Visitor,
        Editor::Agent(person) => By::Agent(person.id.clone()),
    }
}

fn press(by: &str, action: &Action, facts: &Facts) -> Command {
    let by = by.to_owned();
    let of = facts.pointed.clone();
    let mark = |wrong| Command::Mark {
        by: by.clone(),
        of: of.clone(),
        wrong,
    };
    match action {
        Action::Take => button(&by, TeamLine::Take),
        Action::Close => button(&by, TeamLine::Close),
        Action::Back => button(&by, TeamLine::Back),
        Action::Wrong { .. } => mark(true),
        Action::Right { .. } => mark(false),
        // Whoever let it in has taken it out of its wrapping.
        Action::In { action, .. } => press(&by, action, facts),
        Action::Block => Command::Block {
            by,
            until: facts.block_until(BlockFor::Usual),
        },
        Action::Unblock => Command::Unblock { by },
        Action::Send { index, .. } | Action::Save { index, .. } => Command::Choose {
            by,
            of,
            index: *index,
            known: bodies::offered(facts.body.as_ref(), *index).is_some(),
            save: facts.can_learn && matches!(action, Action::Save { .. }),
        },
        Action::SendHeld { .. } => Command::SendHeld { by, of },
        Action::DropHeld { .. } => Command::DropHeld { by, of },
        Action::SaveFaq { .. } => Command::ConfirmFaq { by, of },
        Action::DropFaq { .. } => Command::UndoFaq { by, of },
        Action::Retry { delivery } => Command::Retry {
            delivery: delivery.clone(),
            of,
        },
    }
}

fn button(by: &str, line: TeamLine) -> Command {
    Command::Reply {
        by: by.to_owned(),
        line,
        slip: None,
        pointed: None,
        refused: false,
        via: None,
    }
}

fn verdict(verdict: hinny_kb::Verdict) -> Verdict {
    match verdict {
        hinny_kb::Verdict::Answer => Verdict::Answer,
        hinny_kb::Verdict::Suggest => Verdict::Suggest,
        hinny_kb::Verdict::Unsure => Verdict::Unsure,
    }
}

impl Facts {
    fn block_until(&self, length: BlockFor) -> Option<Millis> {
        match length {
            BlockFor::Usual => Some(self.now + self.block_for),
            BlockFor::Millis(length) => Some(self.now + length),
            BlockFor::Forever => None,
        }
    }
}

/// The plain words of an entry; empty when it has none.
pub fn words_of(entry: &Entry) -> String {
    match &entry.body {
        Some(Body::Message { text, .. }) => text.to_plain(),
        Some(Body::Suggestions { text, choices, .. }) => {
            format!(
                "{} {}",
                text.to_plain().trim_end(),
                choices.join(" \u{b7} ")
            )
        }
        _ => String::new(),
    }
}
