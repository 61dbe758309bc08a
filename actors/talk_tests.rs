//! Talk with the bot on a real store, with an answerer whose knowledge fits on a page.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hinny_kb::{Answer, Candidate, Judgement, Person, Settings, Source, Verdict};

use crate::answerer::{Answerer, AnswererDown};
use crate::body::Body;
use crate::engine_tests::{Room, room_with};
use crate::event::{Reason, What};
use crate::feed::Topic;
use crate::ids::SiteId;
use crate::order::Request;
use crate::store::LogStore;

/// All words of a line must be in the question; the first line that fits is the answer.
const KNOWN: &[(&str, &str)] = &[
    ("cost teams", "Teams pay 20 a month."),
    ("cost", "It costs 5 a month."),
    ("teams", "Teams have up to 50 members."),
    ("ship norway", "We ship to Norway."),
    ("deliver norway", "We ship to Norway."),
    ("free", "The first month is free."),
    ("and how long", "Three to five days."),
];

/// A guess at what has this word, beside what is known.
const GUESSED: &[(&str, &str)] = &[("much", "Shipping costs 5.")];

/// Answers from the page, and remembers what it was asked.
#[derive(Default)]
struct Page {
    asked: Mutex<Vec<String>>,
}

impl Page {
    fn asked(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait]
impl Answerer for Page {
    async fn answer(
        &self,
        _: &SiteId,
        _: &Person,
        question: &str,
    ) -> Result<Judgement, AnswererDown> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(question.to_owned());
        let mut judgement = Judgement::unsure(question, "g", &Settings::default());
        let question = question.to_lowercase();
        let fits =
            |(words, _): &&(&str, &str)| words.split(' ').all(|word| question.contains(word));
        if let Some((_, answer)) = KNOWN.iter().find(fits) {
            judgement.verdict = Verdict::Answer;
            judgement.answer = Some(Answer {
                markdown: (*answer).to_owned(),
                sources: Vec::new(),
            });
            judgement.candidates.push(candidate(answer));
        }
        for (_, guess) in GUESSED.iter().filter(|(word, _)| question.contains(word)) {
            judgement.candidates.push(candidate(guess));
        }
        Ok(judgement)
    }
}

fn candidate(markdown: &str) -> Candidate {
    Candidate {
        entry: markdown.to_owned(),
        title: markdown.to_owned(),
        score: 0.5,
        features: Default::default(),
        source: Source {
            title: markdown.to_owned(),
            url: None,
            path: "faq.md".to_owned(),
        },
        markdown: markdown.to_owned(),
    }
}

struct Talk {
    room: Room,
    page: Arc<Page>,
    said: usize,
}

async fn talk() -> Talk {
    let page = Arc::new(Page::default());
    let room = room_with(page.clone()).await;
    Talk {
        room,
        page,
        said: 0,
    }
}

impl Talk {
    /// Says something and waits until nothing is open any more.
    async fn say(&mut self, text: &str) {
        self.begin(text).await;
        self.until(|events| !has_open(events)).await;
    }

    /// Presses a button below the last answer.
    async fn helped(&mut self, yes: bool) {
        let mut answers = self.log().await.into_iter().filter_map(|what| match what {
            What::BotAnswered { message, .. } => Some(message),
            _ => None,
        });
        let of = answers.next_back().expect("the bot has answered");
        self.said += 1;
        let cause = format!("helped{}", self.said);
        self.room.order(&cause, Request::Help { of, yes }).await;
    }

    async fn begin(&mut self, text: &str) {
        self.said += 1;
        self.room.say_words(&format!("m{}", self.said), text).await;
    }

    async fn until(&self, done: impl Fn(&[What]) -> bool) {
        let topic = Topic::Conversation(self.room.conversation.clone());
        let mut news = self.room.engine.feed().subscribe(topic);
        let wait = async {
            while !done(&self.log().await) {
                news.next().await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), wait).await;
        ended.expect("it happens soon");
    }

    async fn log(&self) -> Vec<What> {
        let events = self.room.store.history(&self.room.conversation).await;
        events
            .unwrap()
            .into_iter()
            .map(|event| event.what)
            .collect()
    }

    /// What the bot said, oldest first.
    async fn bot(&self) -> Vec<String> {
        let read = self.room.store.read(&self.room.conversation, 0, 100).await;
        let by_bot = read.unwrap().into_iter().filter(|entry| {
            matches!(
                entry.event.what,
                What::BotAnswered { .. } | What::BotGreeted { .. }
            )
        });
        by_bot
            .map(|entry| match entry.body {
                Some(Body::Message { text, .. }) => text.to_plain(),
                body => panic!("the bot said {body:?}"),
            })
            .collect()
    }

    async fn reasons(&self) -> Vec<Reason> {
        let log = self.log().await;
        let reason = |what: &What| match what {
            What::Escalated { reason, .. } => Some(*reason),
            _ => None,
        };
        log.iter().filter_map(reason).collect()
    }
}

fn has_open(events: &[What]) -> bool {
    crate::dialogue::Dialogue::fold(events).open.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_question_fetches_a_person() {
    for again in [
        "ship you to NORWAY???",
        "Please, do you ship to Norway?",
        "Do you deliver to Norway?",
    ] {
        let mut talk = talk().await;
        talk.say("Do you ship to Norway?").await;
        talk.say(again).await;
        assert_eq!(talk.bot().await, ["We ship to Norway."], "{again}");
        assert_eq!(talk.reasons().await, [Reason::Repeated], "{again}");
        talk.room.engine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_thanks_the_same_may_be_asked_again() {
    let mut talk = talk().await;
    talk.say("Do you ship to Norway?").await;
    talk.say("thanks!").await;
    talk.say("Do you ship to Norway?").await;
    let said = [
        "We ship to Norway.",
        "You're welcome!",
        "We ship to Norway.",
    ];
    assert_eq!(talk.bot().await, said);
    assert_eq!(talk.reasons().await, []);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_rejected_answer_fetches_a_person() {
    let mut talk = talk().await;
    talk.say("Do you ship to Norway?").await;
    talk.say("non, ce n'est pas ma question").await;
    assert_eq!(talk.reasons().await, []);
    talk.say("What does it cost?").await;
    talk.say("that did not help").await;
    assert_eq!(talk.reasons().await, [Reason::Repeated]);
    assert_eq!(talk.bot().await.len(), 3);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_no_by_a_button_fetches_a_person() {
    let mut talk = talk().await;
    talk.say("Do you ship to Norway?").await;
    talk.helped(false).await;
    talk.helped(false).await;
    let last = talk.bot().await.pop().unwrap();
    assert!(
        last.starts_with("I am sorry that this was not it."),
        "{last}"
    );
    assert_eq!(talk.reasons().await, []);
    talk.say("What does it cost?").await;
    talk.helped(false).await;
    assert_eq!(talk.reasons().await, [Reason::Repeated]);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_forgives_a_no() {
    let mut talk = talk().await;
    talk.say("Do you ship to Norway?").await;
    talk.helped(false).await;
    talk.say("What does it cost?").await;
    talk.helped(true).await;
    talk.say("Is it free?").await;
    talk.helped(false).await;
    assert_eq!(talk.reasons().await, []);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_to_nothing_is_not_lost() {
    let mut talk = talk().await;
    talk.say("That did not help.").await;
    assert_eq!(talk.reasons().await, [Reason::LowConfidence]);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_looked_up_as_one() {
    let mut talk = talk().await;
    for line in ["Hi", "I have a question", "what does it"] {
        talk.begin(line).await;
    }
    talk.say("cost?").await;
    assert_eq!(talk.page.asked(), ["what does it\ncost?"]);
    let said = ["Hello! What can I help you with?", "It costs 5 a month."];
    assert_eq!(talk.bot().await, said);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_line_is_looked_up_after_some_quiet() {
    let mut talk = talk().await;
    talk.begin("shipping to").await;
    talk.begin("does it ship to norway").await;
    assert_eq!(talk.page.asked(), [] as [&str; 0]);
    assert_eq!(talk.room.alarms().await, [2]);
    talk.room
        .order("quiet", Request::AnswerDue { turn: 2 })
        .await;
    talk.until(|events| !has_open(events)).await;
    assert_eq!(talk.page.asked(), ["shipping to\ndoes it ship to norway"]);
    assert_eq!(talk.bot().await, ["We ship to Norway."]);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_goes_on_is_understood_with_what_went_before() {
    let mut talk = talk().await;
    talk.say("What does it cost?").await;
    talk.say("And for teams?").await;
    talk.say("Is it free?").await;
    let asked = [
        "What does it cost?",
        "What does it cost? And for teams?",
        "Is it free?",
    ];
    assert_eq!(talk.page.asked(), asked);
    let said = [
        "It costs 5 a month.",
        "Teams pay 20 a month.",
        "The first month is free.",
    ];
    assert_eq!(talk.bot().await, said);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_goes_on_is_never_answered_by_what_was_said_already() {
    let mut talk = talk().await;
    talk.say("Do you ship to Norway?").await;
    talk.say("And how long?").await;
    assert_eq!(
        talk.bot().await,
        ["We ship to Norway.", "Three to five days."]
    );
    // What both readings of the line have a guess at is suggested.
    talk.say("and how much is it?").await;
    let suggested =
        |what: &What| matches!(what, What::Suggested { choices, .. } if choices.len() == 1);
    assert!(talk.log().await.iter().any(suggested));
    assert_eq!(talk.reasons().await, []);
    talk.room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_goes_on_without_an_answer_is_no_repetition() {
    for line in ["and to the US?", "is it far?", "and by ship to norway?"] {
        let mut talk = talk().await;
        talk.say("Do you ship to Norway?").await;
        talk.say(line).await;
        assert_eq!(talk.bot().await, ["We ship to Norway."], "{line}");
        assert_eq!(talk.reasons().await, [Reason::LowConfidence], "{line}");
        talk.room.engine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_asks_how_things_are_is_answered_after_a_greeting_too() {
    for line in [
        "how are you?",
        "wie geht's?",
        "ça va?",
        "come va?",
        "hi again?",
    ] {
        let mut talk = talk().await;
        talk.say("Hello").await;
        talk.say(line).await;
        assert_eq!(talk.bot().await.len(), 2, "{line}");
        assert_eq!(talk.reasons().await, [], "{line}");
        talk.room.engine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_questions_get_several_answers_or_an_honest_part() {
    let mut talk = talk().await;
    talk.say("Hello. Do you ship to Norway? And what does it cost?")
        .await;
    assert_eq!(
        talk.bot().await,
        ["We ship to Norway.\n\nIt costs 5 a month."]
    );
    assert_eq!(talk.reasons().await, []);
    talk.say("Is the first month free? Who painted the *moon* purple?")
        .await;
    let last = talk.bot().await.pop().unwrap();
    assert!(last.starts_with("The first month is free."), "{last}");
    assert!(
        last.ends_with("so I ask a person: Who painted the moon purple?"),
        "{last}"
    );
    assert_eq!(talk.reasons().await, [Reason::LowConfidence]);
    talk.room.engine.stop().await;
}
