//! When the server dies. The moments are counted in what was seen from outside, never in time, so that a slow
//! machine and a fast one kill at comparable places.

use crate::dice::Dice;

/// One death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// `kill -9` after so many acknowledgements since the last start.
    Acknowledged(u64),
    /// The process ends itself at a named step, the so-many-th time it gets there.
    Step(&'static str, u64),
}

/// The steps that an outbox and a store must survive; the numbers are the passes to choose from.
const STEPS: [(&str, u64, u64); 7] = [
    ("store_before_commit", 5, 150),
    ("store_after_commit", 5, 150),
    ("outbox_before_send", 2, 60),
    ("outbox_after_send", 2, 60),
    ("outbox_after_mark", 2, 60),
    ("outbox_before_change", 1, 20),
    ("outbox_after_change", 1, 20),
];

/// Only reached while threads are still being opened, so these come early.
const OPENED: (&str, u64, u64) = ("outbox_thread_opened", 1, 4);
const NOTED: (&str, u64, u64) = ("outbox_thread_noted", 1, 4);

/// So many deaths. Without compiled-in steps they are all by acknowledgements.
pub fn moments(seed: u64, deaths: usize, with_steps: bool) -> Vec<Moment> {
    let mut dice = Dice::new(seed, u64::MAX);
    let mut moment = |index: usize| match (with_steps, index) {
        (true, 1) => step(&mut dice, OPENED),
        (true, 2) => step(&mut dice, NOTED),
        (true, index) if index % 3 == 1 => step(&mut dice, STEPS[(index / 3 - 1) % STEPS.len()]),
        (_, 0) => Moment::Acknowledged(dice.between(1, 12)),
        _ => Moment::Acknowledged(dice.between(1, 500)),
    };
    (0..deaths).map(&mut moment).collect()
}

fn step(dice: &mut Dice, (name, from, to): (&'static str, u64, u64)) -> Moment {
    Moment::Step(name, dice.between(from, to))
}

#[test]
fn the_usual_deaths_visit_every_step() {
    let deaths = crate::DEATHS;
    let plan = moments(7, deaths, true);
    assert_eq!(plan.len(), deaths);
    for (name, ..) in STEPS.iter().chain([&OPENED, &NOTED]) {
        let visits = plan
            .iter()
            .filter(|moment| matches!(moment, Moment::Step(step, _) if step == name));
        assert!(visits.count() >= 1, "{name}");
    }
    let plain = moments(7, deaths, false);
    assert!(
        plain
            .iter()
            .all(|moment| matches!(moment, Moment::Acknowledged(_)))
    );
}
