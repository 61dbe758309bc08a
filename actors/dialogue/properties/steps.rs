//! Histories made by chance: what anybody may do at any time, played through `decide` and `apply`.

use hinny_bridges::{TelegramThread, Thread};
use proptest::prelude::*;

use crate::dialogue::*;
use crate::event::{AgentId, BotMeanwhile, By, Held, Intent, Verdict, What};
use crate::ids::{MessageId, Seq};

/// Any command. Turns are chosen near the current one, so that stale verdicts are common.
pub fn command() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => said(),
        1 => Just(Step::RequestPerson),
        4 => judged(),
        1 => (0..3u64).prop_map(|behind| Step::Fail { behind }),
        2 => (0..3u64, any::<bool>()).prop_map(|(behind, here)| Step::Due { behind, here }),
        1 => Just(Step::HandOver),
        4 => (0..2u8, lines(), any::<bool>()).prop_map(|(by, line, inside)| Step::Reply { by, line, inside }),
        1 => (1..3i32).prop_map(Step::Note),
        1 => (1..3i32).prop_map(Step::Lose),
        1 => Just(Step::Identify),
        6 => (0..2u8, 1..30u64, deeds()).prop_map(|(by, at, deed)| Step::Do { by, at, deed }),
    ]
}

fn said() -> impl Strategy<Value = Step> {
    let any = (intents(), any::<bool>(), any::<bool>());
    any.prop_map(|(intent, again, unfinished)| Step::Say {
        intent,
        again,
        unfinished,
    })
}

fn judged() -> impl Strategy<Value = Step> {
    let any = (0..3u64, verdicts(), 0..9u8);
    any.prop_map(|(behind, verdict, kind)| match kind {
        6..9 => Step::Brief {
            behind,
            verdict,
            silent: kind == 6,
        },
        _ => Step::Judge {
            behind,
            verdict,
            again: kind == 1,
            partial: kind == 2,
        },
    })
}

#[derive(Clone, Debug)]
pub enum Step {
    Say {
        intent: Intent,
        again: bool,
        unfinished: bool,
    },
    RequestPerson,
    Judge {
        behind: u64,
        verdict: Verdict,
        again: bool,
        partial: bool,
    },
    Brief {
        behind: u64,
        verdict: Verdict,
        silent: bool,
    },
    Fail {
        behind: u64,
    },
    Due {
        behind: u64,
        here: bool,
    },
    HandOver,
    Reply {
        by: u8,
        line: TeamLine,
        inside: bool,
    },
    Note(i32),
    Lose(i32),
    Identify,
    /// Something that points at event `at`, or at the conversation as a whole.
    Do {
        by: u8,
        at: Seq,
        deed: Deed,
    },
}

#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Edit(NewWords),
    VisitorEdits,
    VisitorDeletes,
    Delete { gone: bool },
    React { recall: bool },
    Saw,
    Choose { save: bool },
    SendHeld,
    DropHeld,
    Block,
    Unblock,
    ProposeFaq,
    ConfirmFaq,
    UndoFaq,
    Settle { works: bool },
    Fail,
    Slip(Held),
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop::sample::select(vec![
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
        Deed::Slip(Held::Secret),
        Deed::Slip(Held::Mention),
        Deed::Slip(Held::Unmarked),
    ])
}

impl Deed {
    fn command(self, by: AgentId, at: Seq, log: &[What], dialogue: &Dialogue) -> Command {
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
            Deed::Slip(slip) => reply(by, TeamLine::Plain, Some(slip), None),
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

fn reply(by: AgentId, line: TeamLine, slip: Option<Held>, via: Option<Thread>) -> Command {
    Command::Reply {
        by,
        line,
        slip,
        pointed: None,
        refused: false,
        via,
    }
}

fn intents() -> impl Strategy<Value = Intent> {
    prop_oneof![
        4 => Just(Intent::Question),
        1 => Just(Intent::Person),
        1 => Just(Intent::Greeting),
        1 => Just(Intent::Thanks),
        1 => Just(Intent::SmallTalk),
        2 => Just(Intent::Reject),
    ]
}

pub fn verdicts() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        Just(Verdict::Answer),
        Just(Verdict::Suggest),
        Just(Verdict::Unsure)
    ]
}

fn lines() -> impl Strategy<Value = TeamLine> {
    prop_oneof![
        3 => Just(TeamLine::Plain),
        1 => Just(TeamLine::Note),
        1 => Just(TeamLine::Take),
        1 => Just(TeamLine::Back),
        1 => Just(TeamLine::Close),
        1 => Just(TeamLine::Help),
        1 => Just(TeamLine::Unknown),
    ]
}

fn topic(topic: i32) -> Thread {
    Thread::Telegram(TelegramThread { chat: -1, topic })
}

impl Step {
    fn command(&self, log: &[What], dialogue: &Dialogue, number: usize) -> Command {
        let message = MessageId(format!("m{number}"));
        match self {
            Step::Say {
                intent,
                again,
                unfinished,
            } => Command::Say {
                message,
                intent: *intent,
                again: *again,
                unfinished: *unfinished,
            },
            Step::RequestPerson => Command::RequestPerson { message },
            Step::Judge { .. } | Step::Brief { .. } | Step::Fail { .. } | Step::Due { .. } => {
                self.of_turn(dialogue)
            }
            Step::HandOver => Command::HandOver { written: false },
            Step::Reply { by, line, inside } => {
                let via = dialogue.thread.clone().filter(|_| *inside);
                reply(format!("agent{by}"), *line, None, via)
            }
            Step::Do { by, at, deed } => deed.command(format!("agent{by}"), *at, log, dialogue),
            Step::Note(number) => Command::NoteThread {
                thread: topic(*number),
                posts: Vec::new(),
            },
            Step::Lose(number) => Command::LoseThread {
                thread: topic(*number),
            },
            Step::Identify => Command::Identify,
        }
    }

    /// What comes from the answerer, or does not come.
    fn of_turn(&self, dialogue: &Dialogue) -> Command {
        let back = |behind: &u64| dialogue.turns.saturating_sub(*behind);
        match self {
            Step::Judge {
                behind,
                verdict,
                again,
                partial,
            } => Command::Judge {
                turn: back(behind),
                verdict: *verdict,
                generation: "g".into(),
                again: *again,
                partial: *partial,
            },
            Step::Brief {
                behind,
                verdict,
                silent,
            } => Command::Brief {
                turn: back(behind),
                verdict: *verdict,
                generation: "g".into(),
                bot: match silent {
                    true => BotMeanwhile::Silent,
                    false => BotMeanwhile::Helping,
                },
                draft: !silent && *verdict == Verdict::Answer,
            },
            Step::Due { behind, here } => Command::AnswerDue {
                turn: back(behind),
                asked_here: *here,
            },
            Step::Fail { behind } => Command::FailTurn { turn: back(behind) },
            step => panic!("{step:?} is about no turn"),
        }
    }
}

/// A played history: every event with the state before it, the command of each, and the end.
pub struct Played {
    pub events: Vec<What>,
    pub states: Vec<Dialogue>,
    pub commands: Vec<(Command, Decision)>,
    pub end: Dialogue,
}

pub fn play(steps: &[Step]) -> Played {
    let mut played = Played {
        events: Vec::new(),
        states: Vec::new(),
        commands: Vec::new(),
        end: Dialogue::default(),
    };
    for (number, step) in steps.iter().enumerate() {
        let command = step.command(&played.events, &played.end, number);
        if played.end.refuse(&command, 0).is_some() {
            continue;
        }
        let decision = played.end.decide(&command);
        for planned in &decision.events {
            played.states.push(played.end.clone());
            played.end.apply(&planned.what);
            played.events.push(planned.what.clone());
        }
        played.commands.push((command, decision));
    }
    played
}
