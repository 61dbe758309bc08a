//! Seeded misfortune: which calls and events go wrong when nobody says which. The same seed gives the same run.

use super::state::{EventFault, Fault};

#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
    /// How many more things may go wrong, so that every story comes to an end.
    left: u32,
}

impl Dice {
    pub fn new(seed: u64, left: u32) -> Self {
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Dice { state, left }
    }

    /// A number below `sides` (xorshift; evenness does not matter here).
    fn roll(&mut self, sides: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % sides
    }

    pub fn call(&mut self) -> Option<Fault> {
        let unlucky = self.left > 0 && self.roll(3) == 0;
        if !unlucky {
            return None;
        }
        self.left -= 1;
        Some(match self.roll(5) {
            0 => Fault::TooMany(1),
            1 => Fault::ServerError,
            2 => Fault::HangAfterAccept,
            3 => Fault::Reset,
            _ => Fault::ResetAfterAccept,
        })
    }

    pub fn event(&mut self) -> Option<EventFault> {
        let unlucky = self.left > 0 && self.roll(3) == 0;
        if !unlucky {
            return None;
        }
        self.left -= 1;
        Some(match self.roll(3) {
            0 => EventFault::Twice,
            1 => EventFault::Late,
            _ => EventFault::CutAfter,
        })
    }
}
