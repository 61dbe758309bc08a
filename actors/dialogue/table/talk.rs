//! What comes from the visitor and from the answerer.

use crate::dialogue::{Command, Pointed};
use crate::event::{BotMeanwhile, Intent, Verdict, What};
use crate::ids::Seq;

pub fn from_visitor() -> Vec<(&'static str, Command)> {
    let say = |intent| Command::Say {
        message: "m".into(),
        intent,
        again: false,
        unfinished: false,
        asks: false,
    };
    let ask = |again, unfinished| Command::Say {
        message: "m".into(),
        intent: Intent::Question,
        again,
        unfinished,
        asks: true,
    };
    let message = "m".into();
    vec![
        ("visitor asks", say(Intent::Question)),
        ("visitor begins to ask", ask(false, true)),
        ("visitor asks what was answered", ask(true, false)),
        ("visitor asks for a person in words", say(Intent::Person)),
        (
            "visitor presses \"a person\"",
            Command::RequestPerson { message },
        ),
        ("visitor greets", say(Intent::Greeting)),
        ("visitor thanks", say(Intent::Thanks)),
        ("visitor makes small talk", say(Intent::SmallTalk)),
        ("visitor says that this was wrong", say(Intent::Reject)),
        ("visitor has seen everything", Command::Saw { upto: 99 }),
        ("visitor identified", Command::Identify),
    ]
}

/// The buttons below what the bot said, and those for the whole conversation.
pub fn pressed() -> Vec<(&'static str, Command)> {
    vec![
        ("visitor chooses a suggestion", pick(3, Some(0))),
        ("visitor wants none of the suggestions", pick(3, None)),
        ("visitor chooses from older suggestions", pick(1, Some(0))),
        ("visitor presses a button that never was", pick(3, Some(7))),
        ("visitor says that the answer helped", help(true, false)),
        ("visitor says that it did not help", help(false, false)),
        ("visitor says so again", help(false, true)),
        (
            "visitor gives four stars",
            Command::Rate {
                stars: 4,
                comment: true,
            },
        ),
        ("visitor begins anew", Command::Leave),
    ]
}

pub fn from_answerer() -> Vec<(&'static str, Command)> {
    let judge = |turn, verdict| Command::Judge {
        turn,
        verdict,
        generation: "g".into(),
        again: false,
        partial: false,
        offer: None,
    };
    let answer = |again, partial| Command::Judge {
        turn: 1,
        verdict: Verdict::Answer,
        generation: "g".into(),
        again,
        partial,
        offer: None,
    };
    let due = |asked_here| Command::AnswerDue {
        turn: 1,
        asked_here,
    };
    vec![
        ("verdict: answer", judge(1, Verdict::Answer)),
        ("verdict: the same answer again", answer(true, false)),
        ("verdict: answer to a part", answer(false, true)),
        ("verdict: suggest", suggest()),
        ("verdict: unsure", judge(1, Verdict::Unsure)),
        ("verdict of another turn", judge(7, Verdict::Answer)),
        ("verdict for the team alone", brief(false)),
        ("verdict for the team, with a draft", brief(true)),
        ("answerer breaks", Command::FailTurn { turn: 1 }),
        ("alarm, asked by this process", due(true)),
        ("alarm, asked before a restart", due(false)),
        (
            "handling went wrong twice",
            Command::HandOver { written: false },
        ),
    ]
}

/// A button of the suggestions that the table's state has at 3, or of others.
fn pick(seq: Seq, choice: Option<usize>) -> Command {
    let what = super::suggested();
    Command::Pick {
        message: "c".into(),
        of: Some(Pointed {
            seq,
            what: What::clone(&what),
            later: Vec::new(),
            written_in: None,
        }),
        choice,
        known: true,
    }
}

/// The buttons below the answer that the table's state has at 2.
fn help(yes: bool, before: bool) -> Command {
    let helped = What::Helped {
        of: 2,
        message: "e2".into(),
        yes: false,
    };
    Command::Help {
        of: Some(Pointed {
            seq: 2,
            what: super::bot_answered(),
            later: before.then_some(helped).into_iter().collect(),
            written_in: None,
        }),
        yes,
    }
}

fn suggest() -> Command {
    Command::Judge {
        turn: 1,
        verdict: Verdict::Suggest,
        generation: "g".into(),
        again: false,
        partial: false,
        offer: Some(vec![0, 1]),
    }
}

fn brief(draft: bool) -> Command {
    Command::Brief {
        turn: 1,
        verdict: Verdict::Answer,
        generation: "g".into(),
        bot: match draft {
            true => BotMeanwhile::Helping,
            false => BotMeanwhile::Silent,
        },
        draft,
    }
}
