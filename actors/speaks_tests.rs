//! Who speaks first: the engine on a real store, in every mode and with knowledge of every size.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hinny_bridges::Person;
use hinny_kb::{Answer, Judgement, Settings, Verdict};

use crate::action::Action;
use crate::answerer::{Answerer, AnswererDown};
use crate::body::Body;
use crate::engine_tests::{Room, room_where};
use crate::event::{BotMeanwhile, Handling, Reason, What};
use crate::feed::Topic;
use crate::ids::SiteId;
use crate::order::Request;
use crate::shell::Speaks;
use crate::store::LogStore;

/// Knows one thing. `small`: it has no confidence to go by.
struct Norway {
    small: bool,
}

#[async_trait]
impl Answerer for Norway {
    async fn answer(
        &self,
        _: &SiteId,
        _: &hinny_kb::Person,
        question: &str,
    ) -> Result<Judgement, AnswererDown> {
        let mut judgement = Judgement::unsure(question, "g", &Settings::default());
        judgement.small = self.small;
        if question.contains("Norway") {
            judgement.verdict = Verdict::Answer;
            judgement.answer = Some(Answer {
                markdown: "We ship to **Norway**.".to_owned(),
                sources: Vec::new(),
            });
        }
        Ok(judgement)
    }
}

async fn room(speaks: Speaks, small: bool) -> Room {
    room_where(Arc::new(Norway { small }), speaks).await
}

impl Room {
    async fn log(&self) -> Vec<What> {
        let events = self.store.history(&self.conversation).await.unwrap();
        events.into_iter().map(|event| event.what).collect()
    }

    /// Says something and waits until there are so many events.
    async fn asks(&self, text: &str, events: usize) {
        self.asks_until(text, |log| log.len() >= events).await;
    }

    /// Says something and waits until the log is like this. What happens on the side may come at any place in it.
    async fn asks_until(&self, text: &str, done: impl Fn(&[What]) -> bool) {
        let topic = Topic::Conversation(self.conversation.clone());
        let mut news = self.engine.feed().subscribe(topic);
        self.say_words(text, text).await;
        let wait = async {
            while !done(&self.log().await) {
                news.next().await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(ended.is_ok(), "{:?}", self.log().await);
    }

    async fn handling(&self) -> Handling {
        let row = self.store.conversation(&self.conversation).await.unwrap();
        row.unwrap().handling
    }

    async fn presses(&self, action: Action) {
        let by = Person::new("desk:ann", "Ann");
        let cause = format!("press {action}");
        let via = None;
        self.order(&cause, Request::Press { by, action, via }).await;
    }
}

fn waits(bot: BotMeanwhile) -> Handling {
    let reason = Reason::Policy;
    Handling::Waiting { reason, bot }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_people_speak_first_the_bot_answers_nobody() {
    let room = room(Speaks::HumanFirst, false).await;
    room.asks("Hello!", 2).await;
    room.asks("Do you ship to Norway?", 5).await;
    assert_eq!(room.handling().await, waits(BotMeanwhile::Silent));
    room.asks("Really to Norway?", 6).await;
    let kinds = room.kinds().await;
    let expected = [
        "visitor_said",
        "bot_greeted",
        "visitor_said",
        "judged",
        "escalated",
        "visitor_said",
    ];
    assert_eq!(kinds[..6], expected);
    assert!(!kinds.contains(&"bot_answered".to_owned()));
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_is_drafted_until_a_person_takes_over() {
    let room = room(Speaks::Drafts, false).await;
    room.asks("Do you ship to Norway?", 4).await;
    let first = ["visitor_said", "judged", "escalated", "drafted"];
    assert_eq!(room.kinds().await[..4], first);
    let drafted = |what: &&What| matches!(what, What::Drafted { .. });
    let twice = |log: &[What]| log.iter().filter(drafted).count() == 2;
    room.asks_until("Norway by air?", twice).await;
    let log = room.log().await;
    let drafts: Vec<u64> = (1..)
        .zip(&log)
        .filter(|(_, what)| matches!(what, What::Drafted { .. }))
        .map(|(seq, _)| seq)
        .collect();
    let escalated = |what: &&What| matches!(what, What::Escalated { .. });
    assert_eq!(log.iter().filter(escalated).count(), 1);

    for _ in 0..2 {
        let (verdict, index) = (drafts[1], 0);
        room.presses(Action::Send { verdict, index }).await;
    }
    let said = room.store.read(&room.conversation, 0, 100).await.unwrap();
    let by_ann = said.iter().filter_map(|entry| match &entry.body {
        Some(Body::Message { text, name, .. }) if name.as_deref() == Some("Ann") => {
            Some(text.to_plain())
        }
        _ => None,
    });
    assert_eq!(by_ann.collect::<Vec<_>>(), ["We ship to Norway."]);
    assert_eq!(room.handling().await, waits(BotMeanwhile::Helping));

    room.presses(Action::Take).await;
    let before = room.log().await.len();
    room.asks("Norway by ship?", before + 1).await;
    assert_eq!(room.log().await.iter().filter(drafted).count(), 2);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn small_knowledge_answers_only_what_needs_no_confidence() {
    let room = room(Speaks::BotFirst, true).await;
    room.asks("Do you ship to Norway?", 3).await;
    assert_eq!(room.kinds().await[2], "bot_answered");
    room.asks("Who painted the moon on your wall?", 6).await;
    assert_eq!(room.handling().await, waits(BotMeanwhile::Helping));
    room.engine.stop().await;
}

#[test]
fn small_knowledge_puts_people_first_whatever_the_mode_says() {
    let judged = |small, verdict| Judgement {
        small,
        verdict,
        ..Judgement::unsure("?", "g", &Settings::default())
    };
    let modes = [Speaks::BotFirst, Speaks::Drafts, Speaks::HumanFirst];
    let to = |small, verdict| modes.map(|mode| mode.to(&judged(small, verdict)));
    let people = Speaks::HumanFirst;
    assert_eq!(to(false, Verdict::Unsure), modes);
    assert_eq!(to(true, Verdict::Unsure), [people; 3]);
    assert_eq!(
        to(true, Verdict::Answer),
        [Speaks::BotFirst, people, people]
    );
}
