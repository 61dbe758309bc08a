//! What recent texts came out as, so that a question which is put twice is encoded once.

use std::collections::{HashMap, VecDeque};

/// Texts that are remembered.
const REMEMBERED: usize = 512;

/// Recent texts, the oldest first.
#[derive(Debug)]
pub struct Recent<V> {
    found: HashMap<String, V>,
    order: VecDeque<String>,
}

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Recent {
            found: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<V: Clone> Recent<V> {
    /// What is remembered of a text.
    pub fn get(&self, text: &str) -> Option<V> {
        self.found.get(text).cloned()
    }

    /// Remembers one more, and forgets the oldest if there are too many.
    pub fn put(&mut self, text: &str, value: V) {
        if self.found.insert(text.to_owned(), value).is_some() {
            return;
        }
        self.order.push_back(text.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.found.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{REMEMBERED, Recent};

    #[test]
    fn only_recent_texts_are_remembered() {
        let mut recent = Recent::default();
        for n in 0..REMEMBERED + 5 {
            recent.put(&n.to_string(), n);
        }
        assert_eq!(recent.found.len(), REMEMBERED);
        assert_eq!((recent.get("4"), recent.get("5")), (None, Some(5)));
    }
}
