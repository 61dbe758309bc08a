//! How calls to the Telegram for tests go wrong: one by one as planned, or a share of all by a seeded storm.

/// How a call can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 with so many seconds to wait.
    TooMany(u64),
    /// 500; nothing happened.
    ServerError,
    /// Nothing happens, and no answer comes.
    Hang,
    /// The call has its effect, but no answer comes.
    HangAfterAccept,
    /// Nothing happens, and the connection breaks.
    Reset,
    /// The call has its effect, and the connection breaks before the answer.
    ResetAfterAccept,
    /// An error of the API's own: status and description.
    Refuse(u16, &'static str),
}

/// Faults by chance, the same ones for the same seed and the same calls.
#[derive(Clone, Debug)]
pub struct Storm {
    random: u64,
    percent: u64,
    faults: Vec<Fault>,
}

impl Storm {
    /// `percent` of all calls end in one of `faults`.
    pub fn new(seed: u64, percent: u64, faults: &[Fault]) -> Self {
        assert!(percent <= 100 && !faults.is_empty());
        Storm {
            random: seed,
            percent,
            faults: faults.to_vec(),
        }
    }

    /// What becomes of the next call.
    pub fn strike(&mut self) -> Option<Fault> {
        if self.number() % 100 >= self.percent {
            return None;
        }
        let index = self.number() as usize % self.faults.len();
        Some(self.faults[index])
    }

    /// Steele, Lea and Flood's SplitMix64: short, and good enough for dice.
    fn number(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
