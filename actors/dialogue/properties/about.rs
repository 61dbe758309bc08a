//! What visitors say of answers and conversations, in every history.

use proptest::prelude::*;

use super::steps::{command, play};
use crate::event::{Handling, Reason, What};
use crate::ids::Seq;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is pressed and however often: each answer is judged once, and only the bot's answers are.
    #[test]
    fn an_answer_is_judged_once(steps in prop::collection::vec(command(), 0..60)) {
        let log = play(&steps).events;
        for (index, what) in log.iter().enumerate() {
            let What::Helped { of, .. } = what else { continue };
            let answered = matches!(log[*of as usize - 1], What::BotAnswered { .. });
            prop_assert!(answered);
            let before = log[..index].iter().filter(|what| matches!(what, What::Helped { of: other, .. } if other == of));
            prop_assert_eq!(before.count(), 0);
        }
    }

    /// A "no" to what the bot said is answered at once, by the bot or, the second time, with a person.
    #[test]
    fn the_second_no_fetches_a_person(steps in prop::collection::vec(command(), 0..60)) {
        let played = play(&steps);
        for (index, what) in played.events.iter().enumerate() {
            let What::Helped { of, yes: false, .. } = what else { continue };
            let before = &played.states[index];
            let counts = before.handling == Handling::Bot && before.open.is_none() && before.talk.answers.contains(of);
            if !counts { continue }
            match &played.events[index + 1] {
                What::Escalated { reason, questions, .. } => {
                    prop_assert_eq!(*reason, Reason::Repeated);
                    prop_assert!(before.talk.rejected >= 1 && questions.contains(&(index as Seq + 1)));
                }
                next => {
                    let greeted = matches!(next, What::BotGreeted { .. });
                    prop_assert!(greeted && before.talk.rejected == 0, "{:?}", next);
                }
            }
        }
    }

    /// Stars are given to what has ended, and change nothing.
    #[test]
    fn only_what_has_ended_is_rated(steps in prop::collection::vec(command(), 0..60)) {
        let played = play(&steps);
        for (index, what) in played.events.iter().enumerate() {
            let What::Rated { stars } = what else { continue };
            prop_assert!((1..=5).contains(stars));
            prop_assert_eq!(&played.states[index].handling, &Handling::Closed);
            let mut after = played.states[index].clone();
            after.apply(what);
            after.seq -= 1;
            prop_assert_eq!(&after, &played.states[index]);
        }
    }

    /// Nobody walks away from an answer that is on its way or from a person, and what was left hears no more of the
    /// visitor.
    #[test]
    fn what_was_left_is_over_for_the_visitor(steps in prop::collection::vec(command(), 0..60)) {
        let played = play(&steps);
        for (before, what) in played.states.iter().zip(&played.events) {
            if *what == What::VisitorLeft {
                let idle = matches!(before.handling, Handling::Bot | Handling::Closed);
                prop_assert!(idle && !before.left && before.open.is_none());
            }
            let by_visitor = matches!(
                what,
                What::VisitorSaid { .. } | What::PersonRequested { .. } | What::VisitorChose { .. }
                    | What::Helped { .. } | What::Rated { .. }
            );
            prop_assert!(!(by_visitor && before.left), "{:?}", what);
        }
    }
}
