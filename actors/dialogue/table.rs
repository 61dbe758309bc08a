//! Writes the decision table of the docs, so that it can never differ from the code.

use std::fmt::Write as _;

use expect_test::expect_file;
use hinny_bridges::{TelegramThread, Thread};

use super::*;
use crate::event::{BotMeanwhile, Reason};

fn thread() -> Thread {
    Thread::Telegram(TelegramThread { chat: -1, topic: 1 })
}

fn said(turn: Option<Turn>) -> What {
    What::VisitorSaid {
        message: "m".into(),
        intent: Intent::Question,
        turn,
    }
}

fn escalated(reason: Reason, bot: BotMeanwhile) -> What {
    What::Escalated {
        reason,
        bot,
        questions: vec![],
    }
}

/// One history for every state that decisions tell apart.
fn states() -> Vec<(&'static str, Vec<What>)> {
    let opened = What::ThreadOpened { thread: thread() };
    let helping = escalated(Reason::LowConfidence, BotMeanwhile::Helping);
    let silent = escalated(Reason::Asked, BotMeanwhile::Silent);
    let took = What::AgentTook {
        by: "ana".into(),
        questions: vec![],
    };
    let closed = What::Closed { by: "ana".into() };
    vec![
        ("Bot", vec![]),
        ("Bot, question open", vec![said(Some(1))]),
        ("Waiting, helping", vec![helping.clone(), opened.clone()]),
        (
            "Waiting, helping, question open",
            vec![helping, opened.clone(), said(Some(1))],
        ),
        ("Waiting, silent", vec![silent, opened.clone()]),
        ("Agent (ana)", vec![took.clone(), opened.clone()]),
        ("Closed", vec![took, opened, closed.clone()]),
        ("Closed, question open", vec![said(Some(1)), closed]),
    ]
}

fn commands() -> Vec<(&'static str, Command)> {
    let mut all = from_visitor();
    all.extend(from_answerer());
    all.extend(from_team());
    all
}

fn from_visitor() -> Vec<(&'static str, Command)> {
    let say = |intent| Command::Say {
        message: "m".into(),
        intent,
    };
    let message = "m".into();
    vec![
        ("visitor asks", say(Intent::Question)),
        ("visitor asks for a person in words", say(Intent::Person)),
        (
            "visitor presses \"a person\"",
            Command::RequestPerson { message },
        ),
        ("visitor greets", say(Intent::Greeting)),
        ("visitor thanks", say(Intent::Thanks)),
        ("visitor identified", Command::Identify),
    ]
}

fn from_answerer() -> Vec<(&'static str, Command)> {
    let judge = |turn, verdict| Command::Judge {
        turn,
        verdict,
        generation: "g".into(),
    };
    let due = |asked_here| Command::AnswerDue {
        turn: 1,
        asked_here,
    };
    vec![
        ("verdict: answer", judge(1, Verdict::Answer)),
        ("verdict: suggest or unsure", judge(1, Verdict::Unsure)),
        ("verdict of another turn", judge(7, Verdict::Answer)),
        ("answerer breaks", Command::FailTurn { turn: 1 }),
        ("alarm, asked by this process", due(true)),
        ("alarm, asked before a restart", due(false)),
        ("handling went wrong twice", Command::HandOver),
    ]
}

fn from_team() -> Vec<(&'static str, Command)> {
    let reply = |by: &str, line| Command::Reply {
        by: by.into(),
        line,
        via: Some(thread()),
    };
    let (opened, lost) = (thread(), thread());
    vec![
        ("ana writes a line", reply("ana", TeamLine::Plain)),
        ("bob writes a line", reply("bob", TeamLine::Plain)),
        ("`!note`", reply("ana", TeamLine::Note)),
        ("`!take` by ana", reply("ana", TeamLine::Take)),
        ("`!bot`", reply("ana", TeamLine::Back)),
        ("`!close`", reply("ana", TeamLine::Close)),
        ("`!help`", reply("ana", TeamLine::Help)),
        ("`!` and an unknown word", reply("ana", TeamLine::Unknown)),
        ("thread opened", Command::NoteThread { thread: opened }),
        ("thread lost", Command::LoseThread { thread: lost }),
    ]
}

fn name(what: &What) -> String {
    let json = serde_json::to_value(what).expect("events are plain data");
    json["kind"].as_str().expect("events are tagged").to_owned()
}

fn cell(before: &Dialogue, decision: &Decision) -> String {
    let mut after = before.clone();
    let mut names = Vec::new();
    for planned in &decision.events {
        after.apply(&planned.what);
        let told = match planned.deliver {
            Some(DeliveryKind::Card) => " ✉card",
            Some(DeliveryKind::Line) => " ✉line",
            Some(DeliveryKind::Close) => " ✉close",
            Some(_) => " ✉",
            None => "",
        };
        names.push(format!("{}{told}", name(&planned.what)));
    }
    if decision.ask.is_some() {
        names.push("→ *ask*".into());
    }
    match names.is_empty() {
        true => "nothing".into(),
        false => format!(
            "{} ⇒ {}",
            names.join(", "),
            crate::store::handling_name(&after.handling)
        ),
    }
}

/// While a platform is down the team can still answer at the desk, and the thread learns of it later.
#[test]
fn what_the_desk_says_before_a_thread_is_opened_is_for_the_thread_too() {
    let mut waiting = Dialogue::default();
    waiting.apply(&escalated(Reason::Asked, BotMeanwhile::Silent));
    let at_the_desk = |line| Command::Reply {
        by: "ana".into(),
        line,
        via: None,
    };
    let told = |line| {
        waiting
            .decide(&at_the_desk(line))
            .events
            .pop()
            .unwrap()
            .deliver
    };
    assert_eq!(told(TeamLine::Plain), Some(DeliveryKind::Line));
    assert_eq!(told(TeamLine::Note), Some(DeliveryKind::Line));
    assert_eq!(told(TeamLine::Close), Some(DeliveryKind::Close));
}

#[test]
fn the_decision_table_in_the_docs_is_what_the_code_does() {
    let mut page = String::from(
        "# What a conversation does, in every state\n\n\
         Made from the code by a test (`UPDATE_EXPECT=1 cargo test -p hinny-actors decision_table`). Each cell: the events \
         that are written, ✉ what the thread is told, *ask* the answerer, and ⇒ who answers afterwards.\n",
    );
    for (state, history) in states() {
        let before = Dialogue::fold(&history);
        write!(
            page,
            "\n## {state}\n\n| what comes | what follows |\n|---|---|\n"
        )
        .unwrap();
        for (label, command) in commands() {
            let decision = before.decide(&command);
            writeln!(page, "| {label} | {} |", cell(&before, &decision)).unwrap();
        }
    }
    expect_file!["../../docs/internals/dialogue.md"].assert_eq(&page);
}
