//! What must hold for every history: thousands of random ones are played through `decide` and `apply`.

use hinny_bridges::{TelegramThread, Thread};
use proptest::prelude::*;

use super::*;
use crate::event::{BotMeanwhile, By, Held, Intent};
use crate::ids::MessageId;
use crate::store::DeliveryKind;

/// A random command. Turns are chosen near the current one, so that stale verdicts are common.
fn command() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => intents().prop_map(Step::Say),
        1 => Just(Step::RequestPerson),
        4 => (0..3u64, verdicts()).prop_map(|(behind, verdict)| Step::Judge { behind, verdict }),
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

#[derive(Clone, Debug)]
enum Step {
    Say(Intent),
    RequestPerson,
    Judge {
        behind: u64,
        verdict: Verdict,
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
enum Deed {
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
        let via = None;
        match self {
            Deed::Edit(words) => Command::Edit {
                by: By::Agent(by),
                of,
                words,
                via,
            },
            Deed::VisitorEdits => Command::Edit {
                by: By::Visitor,
                of,
                words: NewWords::Fit,
                via,
            },
            Deed::VisitorDeletes => Command::Delete {
                by: By::Visitor,
                of,
                gone: false,
                via,
            },
            Deed::Delete { gone } => {
                let written_in = Some(topic(1));
                let of = of.map(|of| Pointed { written_in, ..of });
                Command::Delete {
                    by: By::Agent(by),
                    of,
                    gone,
                    via: dialogue.thread.clone(),
                }
            }
            Deed::React { recall } => {
                let sign = if recall { "\u{274c}" } else { "\u{1f44d}" }.to_owned();
                Command::React {
                    by,
                    of,
                    sign,
                    on: true,
                    via,
                }
            }
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
            Deed::Settle { works } => self.settle(works, log, dialogue),
            Deed::Fail => Command::DeliveryFailed {
                delivery: "d".into(),
                of: at,
            },
            Deed::Slip(slip) => reply(by, TeamLine::Plain, Some(slip), via),
        }
    }

    fn settle(self, works: bool, log: &[What], dialogue: &Dialogue) -> Command {
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
    ]
}

fn verdicts() -> impl Strategy<Value = Verdict> {
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
        let back = |behind: &u64| dialogue.turns.saturating_sub(*behind);
        match self {
            Step::Say(intent) => Command::Say {
                message,
                intent: *intent,
            },
            Step::RequestPerson => Command::RequestPerson { message },
            Step::Judge { behind, verdict } => Command::Judge {
                turn: back(behind),
                verdict: *verdict,
                generation: "g".into(),
            },
            Step::Fail { behind } => Command::FailTurn { turn: back(behind) },
            Step::Due { behind, here } => Command::AnswerDue {
                turn: back(behind),
                asked_here: *here,
            },
            Step::HandOver => Command::HandOver,
            Step::Reply { by, line, inside } => {
                let via = dialogue.thread.clone().filter(|_| *inside);
                reply(format!("agent{by}"), *line, None, via)
            }
            Step::Do { by, at, deed } => deed.command(format!("agent{by}"), *at, log, dialogue),
            Step::Note(number) => Command::NoteThread {
                thread: topic(*number),
            },
            Step::Lose(number) => Command::LoseThread {
                thread: topic(*number),
            },
            Step::Identify => Command::Identify,
        }
    }
}

/// A played history: every event with the state before it, the command of each, and the end.
struct Played {
    events: Vec<What>,
    states: Vec<Dialogue>,
    commands: Vec<(Command, Decision)>,
    end: Dialogue,
}

fn play(steps: &[Step]) -> Played {
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

/// The questions that an event settles.
fn settled_by(what: &What) -> &[Seq] {
    match what {
        What::BotAnswered { questions, .. }
        | What::Escalated { questions, .. }
        | What::Blocked { questions, .. }
        | What::AgentTook { questions, .. } => questions,
        _ => &[],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_message_is_lost_and_none_is_doubled(steps in prop::collection::vec(command(), 0..40)) {
        for (command, decision) in play(&steps).commands {
            let said = |wanted: &MessageId| decision.events.iter().filter(|planned| match &planned.what {
                What::VisitorSaid { message, .. } | What::PersonRequested { message } => message == wanted,
                _ => false,
            }).count();
            match &command {
                Command::Say { message, .. } | Command::RequestPerson { message } => prop_assert_eq!(said(message), 1),
                Command::Reply { line: TeamLine::Plain, .. } => {
                    let kept = decision.events.iter().filter(|planned| matches!(
                        planned.what,
                        What::AgentSaid { .. } | What::LineHeld { .. } | What::NoteWritten { .. }
                    ));
                    prop_assert_eq!(kept.count(), 1);
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_bot_is_silent_while_a_person_has_the_conversation(steps in prop::collection::vec(command(), 0..40)) {
        let played = play(&steps);
        for (before, what) in played.states.iter().zip(&played.events) {
            let bot_speaks = matches!(what, What::BotAnswered { .. } | What::BotGreeted { .. });
            let must_be_silent = matches!(
                before.handling,
                Handling::Agent { .. } | Handling::Waiting { bot: BotMeanwhile::Silent, .. }
            );
            prop_assert!(!(bot_speaks && must_be_silent), "{:?} in {:?}", what, before.handling);
        }
    }

    /// Questions to the bot end in one answer or one hand-over; only the turn that is still open may wait.
    #[test]
    fn every_question_ends_once(steps in prop::collection::vec(command(), 0..40)) {
        let played = play(&steps);
        let waiting = played.end.open.iter().flat_map(|open| open.questions.iter().copied()).collect::<Vec<_>>();
        for (index, what) in played.events.iter().enumerate() {
            let asks_bot = matches!(what, What::VisitorSaid { turn: Some(_), .. })
                && !matches!(played.states[index].handling, Handling::Waiting { .. });
            let seq = index as Seq + 1;
            let ended = played.events.iter().filter(|event| settled_by(event).contains(&seq)).count();
            if asks_bot {
                prop_assert_eq!(ended + usize::from(waiting.contains(&seq)), 1, "question {}", seq);
            } else if matches!(what, What::VisitorSaid { intent: Intent::Question, .. }) {
                // It was with a person already; if they hand back while the bot looks it up, the bot ends it.
                prop_assert!(ended <= 1, "question {}", seq);
            }
        }
    }

    /// What was asked for a turn is answered at the latest when its alarm rings, whoever is alive then.
    #[test]
    fn an_alarm_ends_every_open_turn(steps in prop::collection::vec(command(), 0..40)) {
        let end = play(&steps).end;
        if let Some(open) = &end.open {
            let again = end.decide(&Command::AnswerDue { turn: open.turn, asked_here: false });
            prop_assert_eq!(again.ask.as_ref(), Some(open));
            let over = end.decide(&Command::AnswerDue { turn: open.turn, asked_here: true });
            prop_assert!(over.settled);
        }
    }

    #[test]
    fn a_stale_verdict_changes_nothing(steps in prop::collection::vec(command(), 0..40), verdict in verdicts()) {
        let end = play(&steps).end;
        for turn in (0..=end.turns + 1).filter(|turn| !end.awaits(*turn)) {
            let decision = end.decide(&Command::Judge { turn, verdict, generation: "g".into() });
            prop_assert_eq!(decision, Decision::default());
        }
    }

    #[test]
    fn a_prefix_and_the_rest_fold_to_the_whole(steps in prop::collection::vec(command(), 0..40), cut in 0..80usize) {
        let played = play(&steps);
        let cut = cut.min(played.events.len());
        let mut resumed = Dialogue::fold(&played.events[..cut]);
        for what in &played.events[cut..] {
            resumed.apply(what);
        }
        prop_assert_eq!(&resumed, &Dialogue::fold(&played.events));
        prop_assert_eq!(&resumed, &played.end);
    }

    /// While a person has the conversation, all that the visitor writes goes to the thread.
    #[test]
    fn the_thread_hears_what_a_person_must_know(steps in prop::collection::vec(command(), 0..40)) {
        let mut dialogue = Dialogue::default();
        for (command, decision) in play(&steps).commands {
            let with_person = matches!(dialogue.handling, Handling::Waiting { .. } | Handling::Agent { .. });
            for planned in &decision.events {
                let said = matches!(planned.what, What::VisitorSaid { .. });
                if with_person && said {
                    prop_assert!(planned.deliver.contains(&DeliveryKind::Line), "{:?}", command);
                }
                dialogue.apply(&planned.what);
            }
        }
    }

    /// Whatever is pressed, by whomever and however often: a held line goes out once at most, and never after it was
    /// dropped or taken back.
    #[test]
    fn a_held_line_is_sent_once_at_most(steps in prop::collection::vec(command(), 0..60)) {
        let log = play(&steps).events;
        for (index, what) in log.iter().enumerate() {
            let What::AgentSaid { held: Some(held), .. } = what else { continue };
            let before = Pointed::find(&log[..index], *held, None).unwrap();
            prop_assert!(before.is_held(), "{:?}", before);
        }
    }

    /// Plain lines of others than the takers never go out by themselves.
    #[test]
    fn only_takers_speak(steps in prop::collection::vec(command(), 0..40)) {
        let played = play(&steps);
        for (before, what) in played.states.iter().zip(&played.events) {
            if let What::AgentSaid { by, held: None, .. } = what {
                prop_assert!(before.takers.contains(by), "{:?} in {:?}", what, before);
            }
        }
    }

    /// A line that looks like a slip, or new words that do, never become the visitor's by themselves.
    #[test]
    fn no_slip_goes_out(steps in prop::collection::vec(command(), 0..40)) {
        for (command, decision) in play(&steps).commands {
            let slips = match &command {
                Command::Reply { slip, .. } => slip.is_some(),
                Command::Edit { words, .. } => *words != NewWords::Fit,
                _ => false,
            };
            let shown = decision.events.iter().any(|planned| matches!(
                planned.what,
                What::AgentSaid { .. } | What::MessageEdited { .. }
            ));
            let by_visitor = matches!(command, Command::Edit { by: By::Visitor, .. });
            prop_assert!(!(slips && shown && !by_visitor), "{:?}: {:?}", command, decision);
        }
    }

    /// Words are taken back by whoever said them, once, and are not edited afterwards.
    #[test]
    fn what_is_gone_stays_gone(steps in prop::collection::vec(command(), 0..60)) {
        let log = play(&steps).events;
        for (index, what) in log.iter().enumerate() {
            let (What::MessageEdited { of, .. } | What::MessageDeleted { of, .. } | What::NoteEdited { of, .. }
                | What::NoteDeleted { of, .. } | What::Reacted { of, .. }) = what else { continue };
            let before = Pointed::find(&log[..index], *of, None).unwrap();
            prop_assert!(!before.is_gone(), "{:?}", before);
        }
    }

    /// The visitor is seen to have seen an agent's line, once each, and never backwards.
    #[test]
    fn what_was_seen_only_grows(steps in prop::collection::vec(command(), 0..60)) {
        let log = play(&steps).events;
        let mut last = 0;
        for what in &log {
            let What::VisitorSaw { upto, of } = what else { continue };
            let said = matches!(log[*of as usize - 1], What::AgentSaid { .. });
            prop_assert!(said && *of > last && of <= upto);
            last = *of;
        }
    }

    /// While a visitor is blocked nothing of theirs is taken in.
    #[test]
    fn who_is_blocked_says_nothing(steps in prop::collection::vec(command(), 0..60)) {
        let played = play(&steps);
        for (before, what) in played.states.iter().zip(&played.events) {
            let said = matches!(what, What::VisitorSaid { .. } | What::PersonRequested { .. });
            prop_assert!(!(said && before.blocked.is_some()));
        }
    }
}
