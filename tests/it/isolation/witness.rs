//! What came of it: whether something of somebody else's came back, and whether anything of anybody's changed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::lasting;
use super::rows::Kind;
use super::world::{MARK, Person, World, words_of};
use crate::support::visitor::plain;

/// What each visitor's log was, by the name of the visitor.
pub type Logs = BTreeMap<String, BTreeMap<u64, Value>>;

impl World {
    /// The words or ids of somebody else that stand in this text, besides what the caller sent.
    pub fn leak(
        &self,
        text: &str,
        sent: &[&str],
        foreign: impl Fn(&Person) -> bool,
    ) -> Option<String> {
        let others = self.people.iter().filter(|person| foreign(person));
        let mut things = others.flat_map(|person| {
            let long = person
                .ids
                .values()
                .filter(|id| id.len() > 8 && !id.starts_with("shop-") && !id.starts_with("blog-"));
            long.cloned().chain([format!("{}{MARK}", person.name)])
        });
        things.find(|thing| text.contains(thing.as_str()) && !sent.contains(&thing.as_str()))
    }

    /// Everybody's log as they see it themselves.
    pub async fn look(&self) -> Logs {
        let mut logs = Logs::new();
        for person in &self.people {
            logs.insert(person.name.clone(), self.log(person).await);
        }
        logs
    }

    async fn log(&self, person: &Person) -> BTreeMap<u64, Value> {
        let mut log = BTreeMap::new();
        loop {
            let after = log.keys().last().copied().unwrap_or(0);
            let path = format!("/v1/conversation?after={after}");
            let (status, _, text) = self.call("GET", &path, "", &person.papers()).await;
            assert_eq!(status, 200, "{}: {text}", person.name);
            let read: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(
                read["conversation"],
                person.ids[&Kind::Conversation].as_str()
            );
            let events = read["events"].as_array().expect("a list");
            for event in events {
                let seq = event["seq"].as_u64().expect("a number");
                log.insert(seq, lasting(&event["event"]));
            }
            if events.is_empty() {
                return log;
            }
        }
    }

    /// Teams and strangers have no business in these conversations: nothing is new in any.
    pub async fn nothing_happened_since(&self, before: &Logs) {
        for (name, now) in self.look().await {
            let events: Vec<_> = now
                .iter()
                .filter(|(seq, event)| before[&name].get(seq) != Some(event))
                .collect();
            assert!(events.is_empty(), "{name}: {events:#?}");
            assert_eq!(now.len(), before[&name].len(), "{name}");
        }
    }

    /// Everybody has written into their own conversation; nobody into another's, and nothing old has changed.
    pub async fn only_their_own_since(&self, before: &Logs) {
        for (name, now) in self.look().await {
            for (seq, event) in &before[&name] {
                assert_eq!(
                    now.get(seq),
                    Some(event),
                    "{name}: event {seq} is not what it was"
                );
            }
            let fresh = now
                .iter()
                .filter(|(seq, _)| !before[&name].contains_key(seq));
            for (_, event) in fresh {
                let words = plain(&event["text"]);
                let author = event["author"]["kind"].as_str().unwrap_or_default();
                let own = words == words_of(&name) || words.is_empty();
                assert!(author != "visitor" || own, "{name}: {words}");
                assert!(author != "agent", "{name}: {event}");
                assert!(
                    event["kind"] != "deleted" && event["kind"] != "edited",
                    "{name}: {event}"
                );
            }
        }
    }
}
