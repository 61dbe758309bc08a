//! Writes the decision table of the docs, so that it can never differ from the code.

mod talk;

use std::fmt::Write as _;

use expect_test::expect_file;
use hinny_bridges::{TelegramThread, Thread};

use super::*;
use crate::event::{BotMeanwhile, Held, Reason, Verdict};
use crate::store::DeliveryKind;
use talk::{from_answerer, from_visitor};

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

fn bot_answered() -> What {
    What::BotAnswered {
        message: "e2".into(),
        turn: 1,
        questions: vec![1],
        chosen: None,
    }
}

fn judged(verdict: Verdict) -> What {
    What::Judged {
        turn: 1,
        verdict,
        generation: "g".into(),
    }
}

fn suggested() -> What {
    What::Suggested {
        message: "e3".into(),
        turn: 1,
        questions: vec![1],
        verdict: 2,
        choices: vec![0, 1],
    }
}

fn rejected() -> What {
    What::VisitorSaid {
        message: "m".into(),
        intent: Intent::Reject,
        turn: None,
    }
}

fn answered() -> What {
    What::AgentSaid {
        message: "e4".into(),
        by: "ana".into(),
        held: None,
        chosen: None,
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
    let mut states = with_bot();
    states.extend([
        ("Waiting, helping", vec![helping.clone(), opened.clone()]),
        (
            "Waiting, helping, question open",
            vec![helping, opened.clone(), said(Some(1))],
        ),
        ("Waiting, silent", vec![silent, opened.clone()]),
        ("Agent (ana)", vec![took.clone(), opened.clone()]),
        (
            "Agent (ana), answered",
            vec![said(None), took.clone(), opened.clone(), answered()],
        ),
        ("Closed", vec![took.clone(), opened.clone(), closed.clone()]),
        (
            "Blocked",
            vec![
                took,
                opened,
                What::Blocked {
                    by: "ana".into(),
                    until: None,
                    questions: vec![],
                },
                closed.clone(),
            ],
        ),
        ("Closed, question open", vec![said(Some(1)), closed]),
    ]);
    states
}

fn with_bot() -> Vec<(&'static str, Vec<What>)> {
    let answered = vec![said(Some(1)), bot_answered()];
    let rejected = vec![said(Some(1)), bot_answered(), rejected()];
    let asked = vec![said(Some(1)), judged(Verdict::Suggest), suggested()];
    vec![
        ("Bot", vec![]),
        ("Bot, question open", vec![said(Some(1))]),
        ("Bot, suggestions made", asked),
        ("Bot, one answer given", answered),
        ("Bot, one answer given and rejected", rejected),
    ]
}

fn commands() -> Vec<(&'static str, Command)> {
    let mut all = from_visitor();
    all.extend(talk::pressed());
    all.extend(from_answerer());
    all.extend(from_team());
    all.extend(pressed());
    all.extend(from_outbox());
    all
}

fn from_team() -> Vec<(&'static str, Command)> {
    let reply = |by: &str, line| Command::Reply {
        by: by.into(),
        line,
        slip: None,
        pointed: None,
        refused: false,
        via: Some(thread()),
    };
    let slip = |by, why| with_slip(reply(by, TeamLine::Plain), why);
    vec![
        ("ana writes a line", reply("ana", TeamLine::Plain)),
        ("bob writes a line", reply("bob", TeamLine::Plain)),
        (
            "ana writes a line that begins with a colleague",
            slip("ana", Held::Mention),
        ),
        ("ana writes something secret", slip("ana", Held::Secret)),
        ("bob writes something secret", slip("bob", Held::Secret)),
        (
            "ana writes without a mark, where one is asked for",
            slip("ana", Held::Unmarked),
        ),
        (
            "bob writes without a mark, where one is asked for",
            slip("bob", Held::Unmarked),
        ),
        ("`!note`", reply("ana", TeamLine::Note)),
        ("`!take` by ana", reply("ana", TeamLine::Take)),
        ("`!take` by bob", reply("bob", TeamLine::Take)),
        ("`!bot`", reply("ana", TeamLine::Back)),
        ("`!close`", reply("ana", TeamLine::Close)),
        ("`!help`", reply("ana", TeamLine::Help)),
        ("`!` and an unknown word", reply("ana", TeamLine::Unknown)),
    ]
}

fn with_slip(line: Command, why: Held) -> Command {
    let Command::Reply { by, line, via, .. } = line else {
        panic!("only lines slip")
    };
    Command::Reply {
        by,
        line,
        slip: Some(why),
        pointed: None,
        refused: false,
        via,
    }
}

/// Buttons, and lines that do what buttons do.
fn pressed() -> Vec<(&'static str, Command)> {
    let by = || AgentId::from("ana");
    let until = Some(9);
    let faq = |possible| Command::ProposeFaq { by: by(), possible };
    let undo = Command::UndoFaq { by: by(), of: None };
    vec![
        ("`!block`", Command::Block { by: by(), until }),
        ("`!unblock`", Command::Unblock { by: by() }),
        ("`!faq`", faq(true)),
        ("`!faq`, where nobody keeps them", faq(false)),
        ("`!faq undo`, without a draft", undo),
        ("bob sends candidate 1", choose("bob", false)),
        ("ana sends candidate 1 and saves it", choose("ana", true)),
        ("ana presses \"try again\"", retry()),
        ("ana says that an answer was wrong", mark(false)),
        ("ana says so again", mark(true)),
    ]
}

fn mark(before: bool) -> Command {
    let (of, by, wrong) = (1, "ana".to_owned(), true);
    let marked = What::AnswerMarked { of, by, wrong };
    let log: Vec<What> = [bot_answered()]
        .into_iter()
        .chain(before.then_some(marked))
        .collect();
    Command::Mark {
        by: "ana".into(),
        of: Pointed::find(&log, 1, None),
        wrong: true,
    }
}

fn retry() -> Command {
    let delivery = "d".to_owned();
    let failed = What::DeliveryFailed { of: 1, delivery };
    Command::Retry {
        delivery: "d".into(),
        of: Pointed::find(&[failed], 1, None),
    }
}

fn from_outbox() -> Vec<(&'static str, Command)> {
    let lost = thread();
    let opened = |topic| Command::NoteThread {
        thread: Thread::Telegram(TelegramThread { chat: -1, topic }),
        posts: Vec::new(),
    };
    let (delivery, of) = ("d".into(), 1);
    let failed = Command::DeliveryFailed { delivery, of };
    vec![
        ("a delivery was given up", failed),
        ("thread opened", opened(1)),
        ("another thread opened", opened(2)),
        ("thread lost", Command::LoseThread { thread: lost }),
    ]
}

/// The button under a verdict on the card.
fn choose(by: &str, save: bool) -> Command {
    Command::Choose {
        by: by.into(),
        of: Pointed::find(&[judged(Verdict::Suggest)], 1, None),
        index: 0,
        known: true,
        save,
    }
}

fn name(what: &What) -> String {
    let json = serde_json::to_value(what).expect("events are plain data");
    json["kind"].as_str().expect("events are tagged").to_owned()
}

fn kind_name(kind: DeliveryKind) -> String {
    let json = serde_json::to_value(kind).expect("kinds are plain data");
    json.as_str().expect("kinds are words").to_owned()
}

fn cell(before: &Dialogue, decision: &Decision) -> String {
    let mut after = before.clone();
    let mut names = Vec::new();
    for planned in &decision.events {
        after.apply(&planned.what);
        let told: String = planned
            .deliver
            .iter()
            .map(|kind| format!(" ✉{}", kind_name(*kind)))
            .collect();
        names.push(format!("{}{told}", name(&planned.what)));
    }
    names.extend(decision.learn.map(|_| "→ *learn*".into()));
    names.extend(decision.retry.as_ref().map(|_| "→ *retry*".into()));
    if decision.ask.is_some() {
        let when = if decision.wait {
            "wait, then ask"
        } else {
            "ask"
        };
        names.push(format!("→ *{when}*"));
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
        slip: None,
        pointed: None,
        refused: false,
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
    assert_eq!(told(TeamLine::Plain), [DeliveryKind::Line]);
    assert_eq!(told(TeamLine::Note), [DeliveryKind::Line]);
    assert!(told(TeamLine::Close).contains(&DeliveryKind::Close));
}

#[test]
fn the_decision_table_in_the_docs_is_what_the_code_does() {
    let mut page = String::from(
        "# What a conversation does, in every state\n\n\
         Made from the code by a test (`UPDATE_EXPECT=1 cargo test -p hinny-actors decision_table`). Each cell: the events \
         that are written, ✉ what the thread is told, *ask* the answerer, \
         *learn* an entry, *retry* a delivery, and ⇒ who answers afterwards.\n",
    );
    for (state, history) in states() {
        let before = Dialogue::fold(&history);
        write!(
            page,
            "\n## {state}\n\n| what comes | what follows |\n|---|---|\n"
        )
        .unwrap();
        for (label, command) in commands() {
            let cell = match before.refuse(&command, 0) {
                Some(_) => "refused".to_owned(),
                None => cell(&before, &before.decide(&command)),
            };
            writeln!(page, "| {label} | {cell} |").unwrap();
        }
    }
    expect_file!["../../docs/internals/dialogue.md"].assert_eq(&page);
}
