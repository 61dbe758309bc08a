//! What must hold for every history: thousands of random ones are played through `decide` and `apply`.

mod about;
mod deeds;
mod steps;

use proptest::prelude::*;

use super::*;
use crate::event::{BotMeanwhile, By, Intent};
use crate::ids::MessageId;
use crate::store::DeliveryKind;
use steps::{command, play, verdicts};

/// The questions that an event settles.
fn settled_by(what: &What) -> &[Seq] {
    match what {
        What::BotAnswered { questions, .. }
        | What::Suggested { questions, .. }
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
            let bot_speaks = matches!(
                what,
                What::BotAnswered { .. } | What::BotGreeted { .. } | What::Suggested { .. }
            );
            let must_be_silent = matches!(
                before.handling,
                Handling::Agent { .. } | Handling::Waiting { bot: BotMeanwhile::Silent, .. }
            );
            prop_assert!(!(bot_speaks && must_be_silent), "{:?} in {:?}", what, before.handling);
            if matches!(what, What::Suggested { .. } | What::VisitorChose { .. }) {
                prop_assert_eq!(&before.handling, &Handling::Bot);
            }
        }
    }

    /// Whatever is pressed, by which tab and however often: suggestions are chosen from once at most, only while they
    /// are the last word, and a choice ends in that answer or in a person.
    #[test]
    fn a_choice_counts_once(steps in prop::collection::vec(command(), 0..60)) {
        let played = play(&steps);
        for (index, what) in played.events.iter().enumerate() {
            let What::VisitorChose { of, chosen, .. } = what else { continue };
            let offer = played.states[index].talk.offer.as_ref();
            prop_assert_eq!(offer.map(|offer| offer.seq), Some(*of));
            let of = usize::try_from(*of).unwrap();
            let spoken = |what: &What| matches!(what, What::VisitorSaid { .. } | What::VisitorChose { .. });
            prop_assert!(!played.events[of..index].iter().any(spoken));
            let follows = match &played.events[index + 1] {
                What::BotAnswered { chosen: answered, .. } => answered == chosen && chosen.is_some(),
                What::Escalated { questions, .. } => questions.contains(&(index as Seq + 1)),
                _ => false,
            };
            prop_assert!(follows, "{:?}", played.events[index + 1]);
        }
    }

    /// Guesses are not made for ever: the third time in a row a person is fetched.
    #[test]
    fn suggestions_come_twice_in_a_row_at_most(steps in prop::collection::vec(command(), 0..60)) {
        let mut row = 0;
        for what in &play(&steps).events {
            row = match what {
                What::Suggested { .. } => row + 1,
                What::BotAnswered { .. } | What::Escalated { .. } | What::AgentTook { .. } => 0,
                What::VisitorSaid { intent: Intent::Thanks, .. } | What::Closed { .. } | What::Reopened => 0,
                _ => row,
            };
            prop_assert!(row <= 2);
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
            let decision = end.decide(&Command::Judge { turn, verdict, generation: "g".into(), again: false, partial: false, offer: Some(vec![0]) });
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
