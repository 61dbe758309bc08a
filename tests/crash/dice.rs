//! `Dice`: chance that comes out the same for the same seed (SplitMix64).

#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    /// Everybody in the story has dice of their own, so that nobody's throws change somebody else's.
    pub fn new(seed: u64, owner: u64) -> Dice {
        let mut dice = Dice(seed ^ owner.wrapping_mul(0xA24B_AED4_963E_E407));
        dice.throw();
        dice
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.throw() % (to - from + 1)
    }

    pub fn one_in(&mut self, count: u64) -> bool {
        self.throw().is_multiple_of(count)
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.between(0, choices.len() as u64 - 1) as usize]
    }
}

#[test]
fn the_same_seed_throws_the_same() {
    let throws = |seed, owner| {
        let mut dice = Dice::new(seed, owner);
        [(); 5].map(|()| dice.between(1, 1_000))
    };
    assert_eq!(throws(1, 2), throws(1, 2));
    assert_ne!(throws(1, 2), throws(1, 3));
    assert_ne!(throws(1, 2), throws(2, 2));
}
