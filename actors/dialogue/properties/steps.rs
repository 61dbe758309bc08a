//! Histories made by chance: what anybody may do at any time, played through `decide` and `apply`.

use hinny_bridges::{TelegramThread, Thread};
use proptest::prelude::*;

use super::deeds::{Deed, deeds};
use crate::dialogue::*;
use crate::event::{AgentId, BotMeanwhile, Held, Intent, Verdict, What};
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
    let any = (intents(), any::<bool>(), any::<bool>(), any::<bool>());
    any.prop_map(|(intent, again, unfinished, asks)| Step::Say {
        intent,
        again,
        unfinished,
        asks,
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
        asks: bool,
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

pub fn reply(by: AgentId, line: TeamLine, slip: Option<Held>, via: Option<Thread>) -> Command {
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

pub fn topic(topic: i32) -> Thread {
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
                asks,
            } => Command::Say {
                message,
                intent: *intent,
                again: *again,
                unfinished: *unfinished,
                asks: *asks,
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
                offer: (*verdict != Verdict::Answer && behind % 2 == 0).then(|| vec![0, 2]),
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
