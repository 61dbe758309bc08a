//! Things that are good to know and no harm to forget: after a restart, or when there are too many of them.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A map that forgets what was put in longest ago.
pub(super) struct Memory<K, V> {
    most: usize,
    inner: Mutex<Inner<K, V>>,
}

struct Inner<K, V> {
    values: HashMap<K, V>,
    /// The keys, oldest first.
    order: VecDeque<K>,
}

impl<K: Clone + Eq + Hash, V: Clone> Memory<K, V> {
    pub(super) fn new(most: usize) -> Self {
        let inner = Inner {
            values: HashMap::new(),
            order: VecDeque::new(),
        };
        Memory {
            most,
            inner: Mutex::new(inner),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.inner().values.get(key).cloned()
    }

    pub(super) fn put(&self, key: K, value: V) {
        let mut inner = self.inner();
        if inner.values.insert(key.clone(), value).is_none() {
            inner.order.push_back(key);
        }
        while inner.order.len() > self.most {
            if let Some(oldest) = inner.order.pop_front() {
                inner.values.remove(&oldest);
            }
        }
    }

    pub(super) fn forget(&self, key: &K) {
        let mut inner = self.inner();
        if inner.values.remove(key).is_some() {
            inner.order.retain(|other| other != key);
        }
    }

    /// Whatever happened to a thread that held it, the map is sound enough to be forgotten from.
    fn inner(&self) -> MutexGuard<'_, Inner<K, V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten() {
        let memory = Memory::new(2);
        for key in 1..=3 {
            memory.put(key, key * 10);
        }
        memory.put(2, 21);
        assert_eq!(
            [1, 2, 3].map(|key| memory.get(&key)),
            [None, Some(21), Some(30)]
        );
        memory.forget(&2);
        memory.put(4, 40);
        assert_eq!(
            [2, 3, 4].map(|key| memory.get(&key)),
            [None, Some(30), Some(40)]
        );
    }
}
