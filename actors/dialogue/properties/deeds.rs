//! What anybody does to something that stands in the log, by pointing at it.

use proptest::prelude::*;

use super::steps::{reply, topic};
use crate::dialogue::*;
use crate::event::{AgentId, By, Held, What};
use crate::ids::{MessageId, Seq};

#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Edit(NewWords),
    VisitorEdits,
    VisitorDeletes,
    Delete {
        gone: bool,
    },
    React {
        recall: bool,
    },
    Saw,
    Choose {
        save: bool,
    },
    SendHeld,
    DropHeld,
    Block,
    Unblock,
    ProposeFaq,
    ConfirmFaq,
    UndoFaq,
    Settle {
        works: bool,
    },
    Fail,
    Slip(Held),
    Help {
        yes: bool,
    },
    Rate,
    Leave,
    /// At what is open, or at any event.
    Pick {
        open: bool,
        choice: Option<usize>,
    },
}

pub fn deeds() -> impl Strategy<Value = Deed> {
    let no = Deed::Help { yes: false };
    let said = vec![
        Deed::Help { yes: true },
        no,
        no,
        no,
        Deed::Rate,
        Deed::Leave,
    ];
    prop::sample::select([said, others()].concat())
}

fn others() -> Vec<Deed> {
    vec![
        Deed::Edit(NewWords::Fit),
        Deed::Edit(NewWords::Slip),
        Deed::Edit(NewWords::Same),
        Deed::VisitorEdits,
        Deed::VisitorDeletes,
        Deed::Delete { gone: true },
        Deed::Delete { gone: false },
        Deed::React { recall: true },
        Deed::React { recall: false },
        Deed::Saw,
        Deed::Choose { save: true },
        Deed::Choose { save: false },
        Deed::SendHeld,
        Deed::SendHeld,
        Deed::SendHeld,
        Deed::DropHeld,
        Deed::Block,
        Deed::Unblock,
        Deed::ProposeFaq,
        Deed::ConfirmFaq,
        Deed::UndoFaq,
        Deed::Settle { works: true },
        Deed::Settle { works: false },
        Deed::Fail,
        pick(true, Some(0)),
        pick(true, Some(1)),
        pick(true, Some(2)),
        pick(true, None),
        pick(false, Some(0)),
        Deed::Slip(Held::Secret),
        Deed::Slip(Held::Mention),
        Deed::Slip(Held::Unmarked),
    ]
}

fn pick(open: bool, choice: Option<usize>) -> Deed {
    Deed::Pick { open, choice }
}

impl Deed {
    pub fn command(self, by: AgentId, at: Seq, log: &[What], dialogue: &Dialogue) -> Command {
        let of = Pointed::find(log, at, None);
        match self {
            Deed::Edit(_)
            | Deed::VisitorEdits
            | Deed::VisitorDeletes
            | Deed::Delete { .. }
            | Deed::React { .. } => self.change(by, of, dialogue),
            Deed::Saw => Command::Saw { upto: at },
            Deed::Choose { save } => Command::Choose {
                by,
                of,
                index: 0,
                known: true,
                save,
            },
            Deed::SendHeld => Command::SendHeld { by, of },
            Deed::DropHeld => Command::DropHeld { by, of },
            Deed::Block => Command::Block { by, until: None },
            Deed::Unblock => Command::Unblock { by },
            Deed::ProposeFaq => Command::ProposeFaq { by, possible: true },
            Deed::ConfirmFaq => Command::ConfirmFaq { by, of },
            Deed::UndoFaq => Command::UndoFaq { by, of },
            Deed::Settle { works } => settle(works, log, dialogue),
            Deed::Fail => Command::DeliveryFailed {
                delivery: "d".into(),
                of: at,
            },
            Deed::Pick { .. } | Deed::Help { .. } | Deed::Rate | Deed::Leave => {
                self.press(at, log, dialogue)
            }
            Deed::Slip(slip) => reply(by, TeamLine::Plain, Some(slip), None),
        }
    }

    /// The visitor's buttons. An answer is near in most histories.
    fn press(self, at: Seq, log: &[What], dialogue: &Dialogue) -> Command {
        let find = |seq| Pointed::find(log, seq, None);
        match self {
            Deed::Pick { open, choice } => {
                let offer = dialogue.talk.offer.as_ref().filter(|_| open);
                Command::Pick {
                    message: MessageId(format!("c{at}")),
                    of: find(offer.map_or(at, |offer| offer.seq)),
                    choice,
                    known: !at.is_multiple_of(5),
                }
            }
            Deed::Help { yes } => Command::Help {
                of: find(dialogue.talk.answers.last().copied().unwrap_or(at)),
                yes,
            },
            Deed::Rate => Command::Rate {
                stars: (at % 7) as u8,
                comment: at.is_multiple_of(2),
            },
            _ => Command::Leave,
        }
    }

    fn change(self, by: AgentId, of: Option<Pointed>, dialogue: &Dialogue) -> Command {
        let (visitor, agent) = (By::Visitor, By::Agent(by.clone()));
        match self {
            Deed::Edit(words) => edit(agent, of, words),
            Deed::VisitorEdits => edit(visitor, of, NewWords::Fit),
            Deed::Delete { gone } => Command::Delete {
                by: agent,
                of: of.map(|of| Pointed {
                    written_in: Some(topic(1)),
                    ..of
                }),
                gone,
                via: dialogue.thread.clone(),
            },
            Deed::React { recall } => Command::React {
                by,
                of,
                sign: if recall { "\u{274c}" } else { "\u{1f44d}" }.to_owned(),
                on: true,
                via: None,
            },
            _ => Command::Delete {
                by: visitor,
                of,
                gone: false,
                via: None,
            },
        }
    }
}

fn edit(by: By, of: Option<Pointed>, words: NewWords) -> Command {
    let via = None;
    Command::Edit { by, of, words, via }
}

fn settle(works: bool, log: &[What], dialogue: &Dialogue) -> Command {
    let of = dialogue
        .faq
        .working
        .and_then(|seq| Pointed::find(log, seq, None));
    let unlearning = of.as_ref().and_then(Pointed::draft) == Some(Draft::Unlearning);
    let outcome = match (works, unlearning) {
        (true, false) => Settled::Saved { entry: "e".into() },
        (true, true) => Settled::TakenOut,
        (false, _) => Settled::Failed,
    };
    Command::SettleFaq { of, outcome }
}
