//! `Budget` and `Ledger`: how many tokens a visitor and a site may spend in a day. A question reserves the most
//! it can cost before it is put, and gives back what it did not use, so that no budget is ever overdrawn.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tokens in a day (UTC), counting prompts and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub visitor: u64,
    pub site: u64,
}

/// What one site has spent today. It is kept in memory: a restart begins the day anew.
#[derive(Debug)]
pub(super) struct Ledger {
    budget: Budget,
    day: Mutex<Day>,
}

#[derive(Debug, Default)]
struct Day {
    number: u64,
    site: u64,
    visitors: HashMap<String, u64>,
}

/// Tokens that a question may spend. What is left of it goes back when it is settled or dropped.
#[derive(Debug)]
pub(super) struct Reserved<'a> {
    ledger: &'a Ledger,
    visitor: String,
    day: u64,
    most: u64,
    spent: u64,
}

impl Ledger {
    pub fn new(budget: Budget) -> Ledger {
        Ledger {
            budget,
            day: Mutex::default(),
        }
    }

    /// Room for a question that costs at most `most`, or nothing if one of the budgets is too small for it.
    pub fn reserve(&self, visitor: &str, most: u64) -> Option<Reserved<'_>> {
        self.reserve_on(today(), visitor, most)
    }

    fn reserve_on(&self, number: u64, visitor: &str, most: u64) -> Option<Reserved<'_>> {
        let mut day = self.lock();
        if day.number != number {
            *day = Day {
                number,
                ..Day::default()
            };
        }
        let spent = day.visitors.get(visitor).copied().unwrap_or_default();
        if day.site + most > self.budget.site || spent + most > self.budget.visitor {
            return None;
        }
        day.site += most;
        day.visitors.insert(visitor.to_owned(), spent + most);
        Some(Reserved {
            ledger: self,
            visitor: visitor.to_owned(),
            day: number,
            most,
            spent: 0,
        })
    }

    /// Sums that are whole at every instruction: a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Day> {
        self.day.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reserved<'_> {
    /// What it really cost. A server that counts more than was reserved is believed up to the reservation.
    pub fn spend(&mut self, tokens: u64) {
        self.spent = tokens.min(self.most);
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        let mut day = self.ledger.lock();
        if day.number != self.day {
            return;
        }
        let back = self.most - self.spent;
        day.site -= back;
        if let Some(visitor) = day.visitors.get_mut(&self.visitor) {
            *visitor -= back;
        }
    }
}

fn today() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs() / 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        Ledger::new(Budget {
            visitor: 100,
            site: 250,
        })
    }

    #[test]
    fn a_visitor_stops_at_their_own_budget_and_nobody_else_does() {
        let ledger = ledger();
        ledger.reserve_on(1, "ada", 100).unwrap().spend(90);
        assert!(ledger.reserve_on(1, "ada", 11).is_none());
        assert!(ledger.reserve_on(1, "ada", 10).is_some());
        assert!(ledger.reserve_on(1, "bob", 100).is_some());
    }

    #[test]
    fn all_visitors_together_stop_at_the_site_s_budget() {
        let ledger = ledger();
        let held: Vec<_> = ["ada", "bob"]
            .iter()
            .map(|who| ledger.reserve_on(1, who, 100))
            .collect();
        assert!(held.iter().all(Option::is_some));
        assert!(ledger.reserve_on(1, "cem", 51).is_none());
        assert!(ledger.reserve_on(1, "cem", 50).is_some());
        drop(held);
        assert!(ledger.reserve_on(1, "cem", 100).is_some());
    }

    #[test]
    fn a_new_day_begins_with_nothing_spent() {
        let ledger = ledger();
        let yesterday = ledger.reserve_on(1, "ada", 100);
        ledger.reserve_on(2, "ada", 100).unwrap().spend(90);
        drop(yesterday);
        assert!(ledger.reserve_on(2, "ada", 10).is_some());
        assert!(ledger.reserve_on(2, "ada", 11).is_none());
    }
}
