//! What a visitor is asked when the bot has only a guess, on a real store: what they are shown, and what their choice
//! does.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hinny_bridges::text::Text;
use hinny_kb::{Answer, Candidate, Judgement, Person, Settings, Source, Verdict};

use crate::answerer::{Answerer, AnswererDown};
use crate::body::Body;
use crate::engine_tests::{Room, room_with};
use crate::event::{Reason, What};
use crate::feed::Topic;
use crate::ids::SiteId;
use crate::order::Request;
use crate::store::{Entry, LogStore};
use crate::view::{self, Author, SuggestionsView, VisitorEvent};

/// Sure of what has "sure" in it, has a guess at "guess", and knows no German.
struct Guess;

#[async_trait]
impl Answerer for Guess {
    async fn answer(
        &self,
        _: &SiteId,
        _: &Person,
        question: &str,
    ) -> Result<Judgement, AnswererDown> {
        let mut judgement = Judgement::unsure(question, "g", &Settings::default());
        if question.contains("sure") {
            judgement.verdict = Verdict::Answer;
            judgement.answer = Some(Answer {
                markdown: "Seats cost 5.".to_owned(),
                sources: Vec::new(),
            });
        }
        if question.contains("guess") {
            judgement.verdict = Verdict::Suggest;
            judgement.candidates = vec![
                candidate("Prices", "Seats cost 5."),
                candidate("Empty", " "),
                candidate("Refunds", "Money comes *back*."),
                candidate("Refunds", "The same title again."),
                candidate("Trials", "The first month is free."),
                candidate("Fourth", "More than three are no help."),
            ];
        }
        if question.contains("Wie") {
            judgement.language = Some("de".to_owned());
            judgement.language_known = false;
        }
        Ok(judgement)
    }
}

fn candidate(title: &str, markdown: &str) -> Candidate {
    Candidate {
        entry: title.to_owned(),
        title: title.to_owned(),
        score: 0.5,
        features: Default::default(),
        source: Source {
            title: title.to_owned(),
            url: Some(format!("https://shop.example/{title}")),
            path: "faq.md".to_owned(),
        },
        markdown: markdown.to_owned(),
    }
}

/// Says each line, and waits after each until nothing is open.
async fn asked(lines: &[&str]) -> Room {
    let room = room_with(Arc::new(Guess)).await;
    for (number, line) in lines.iter().enumerate() {
        room.say_words(&format!("m{number}"), line).await;
        settled(&room).await;
    }
    room
}

async fn settled(room: &Room) {
    let topic = Topic::Conversation(room.conversation.clone());
    let mut news = room.engine.feed().subscribe(topic);
    let wait = async {
        while crate::dialogue::Dialogue::fold(&log(room).await)
            .open
            .is_some()
        {
            news.next().await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), wait).await;
    ended.expect("it ends soon");
}

async fn entries(room: &Room) -> Vec<Entry> {
    room.store.read(&room.conversation, 0, 100).await.unwrap()
}

async fn log(room: &Room) -> Vec<What> {
    let entries = entries(room).await.into_iter();
    entries.map(|entry| entry.event.what).collect()
}

/// What the visitor sees, a line each, and the last buttons.
async fn screen(room: &Room) -> (Vec<String>, Option<SuggestionsView>) {
    let (mut lines, mut last) = (Vec::new(), None);
    for event in entries(room).await.iter().filter_map(view::visitor) {
        match event {
            VisitorEvent::Message {
                author,
                text,
                suggestions,
                sources,
                ..
            } => {
                let who = if author == Author::Visitor { ">" } else { "<" };
                let from = sources.iter().map(|source| format!(" [{}]", source.title));
                let from: String = from.collect();
                lines.push(format!("{who} {}{from}", text.to_plain()));
                last = suggestions.or(last);
            }
            VisitorEvent::Handling { handling, .. } => lines.push(handling.to_owned()),
            other => panic!("{other:?}"),
        }
    }
    (lines, last)
}

async fn choose(room: &Room, id: &str, of: &str, choice: Option<usize>) {
    let (message, of) = (id.into(), of.into());
    let request = Request::Choose {
        message,
        of,
        choice,
    };
    room.order(id, request).await;
}

async fn reasons(room: &Room) -> Vec<Reason> {
    let reason = |what: &What| match what {
        What::Escalated { reason, .. } => Some(*reason),
        _ => None,
    };
    log(room).await.iter().filter_map(reason).collect()
}

#[tokio::test]
async fn a_guess_is_asked_about_and_the_choice_answers_with_its_source() {
    let room = asked(&["guess what it is?"]).await;
    let (_, buttons) = screen(&room).await;
    let buttons = buttons.unwrap();
    assert_eq!(buttons.choices, ["Prices", "Refunds", "Trials"]);
    assert!(room.alarms().await.is_empty());
    choose(&room, "c1", "e3", Some(1)).await;
    // The same press again, another tab's press, and one on what is settled change nothing.
    choose(&room, "c1", "e3", Some(1)).await;
    choose(&room, "c2", "e3", Some(0)).await;
    choose(&room, "c3", "e3", None).await;
    let (lines, _) = screen(&room).await;
    assert_eq!(
        lines,
        [
            "> guess what it is?",
            "< Did you mean one of these?",
            "> Refunds",
            "< Money comes back. [Refunds]"
        ]
    );
}

#[tokio::test]
async fn none_of_these_fetches_a_person_and_so_does_a_no_in_words() {
    for no in ["button", "No, that is not it"] {
        let room = asked(&["guess what it is?"]).await;
        match no {
            "button" => choose(&room, "c1", "e3", None).await,
            words => room.say_words("c1", words).await,
        }
        let (lines, _) = screen(&room).await;
        assert_eq!(lines.last().unwrap(), "waiting", "{lines:?}");
        assert_eq!(reasons(&room).await, [Reason::LowConfidence]);
        choose(&room, "c2", "e3", Some(0)).await;
        assert_eq!(screen(&room).await.0, lines);
    }
}

#[tokio::test]
async fn suggestions_that_were_not_right_count_like_answers() {
    let room = asked(&[
        "Are you sure about prices?",
        "No, that is not it",
        "guess what it is?",
    ])
    .await;
    let of = entries(&room).await.last().unwrap().event.seq;
    choose(&room, "c1", &format!("e{of}"), None).await;
    assert_eq!(reasons(&room).await, [Reason::Repeated]);
}

#[tokio::test]
async fn the_same_question_again_means_that_the_suggestions_did_not_help() {
    let room = asked(&["guess what it is?", "guess what it is, please?"]).await;
    assert_eq!(reasons(&room).await, [Reason::Repeated]);
}

#[tokio::test]
async fn another_question_ends_the_suggestions_and_what_was_answered_is_not_suggested() {
    let room = asked(&["Are you sure about prices?", "guess what it is?"]).await;
    let of = entries(&room).await.last().unwrap().event.seq;
    let (_, buttons) = screen(&room).await;
    assert_eq!(buttons.unwrap().choices, ["Refunds", "Trials", "Fourth"]);
    room.say_words("m9", "guess something else?").await;
    settled(&room).await;
    let before = screen(&room).await.0;
    choose(&room, "c1", &format!("e{of}"), Some(0)).await;
    assert_eq!(screen(&room).await.0, before);
    room.say_words("m10", "guess a third thing?").await;
    settled(&room).await;
    assert_eq!(reasons(&room).await, [Reason::LowConfidence]);
}

#[tokio::test]
async fn a_language_that_the_knowledge_lacks_gets_the_offer_of_a_person_in_that_language() {
    for question in ["Wie geht das?", "Wie geht das guess?"] {
        let room = asked(&[question]).await;
        let (lines, buttons) = screen(&room).await;
        let buttons = buttons.unwrap();
        assert!(lines[1].contains("in deiner Sprache"), "{lines:?}");
        assert_eq!(buttons.choices, [""; 0]);
        choose(&room, "c1", "e3", None).await;
        let (lines, _) = screen(&room).await;
        assert_eq!(
            lines[2..],
            [format!("> {}", buttons.other), "waiting".into()]
        );
    }
    // A sure answer is given all the same.
    let room = asked(&["Wie geht das sure?"]).await;
    assert_eq!(screen(&room).await.0[1], "< Seats cost 5.");
}

/// The words of the verdict are erased between the question and the press.
#[tokio::test]
async fn a_choice_whose_words_are_gone_fetches_a_person() {
    let room = asked(&["guess what it is?"]).await;
    let change = crate::store::Change {
        bodies_removed: vec![2, 3],
        events: vec![crate::event::Event {
            seq: 4,
            at: 1,
            what: What::VisitorIdentified,
        }],
        ..crate::store::Change::new(
            SiteId::from("shop"),
            room.conversation.clone(),
            3,
            "erase".into(),
            crate::event::Handling::Bot,
        )
    };
    room.store.commit(change).await.unwrap();
    let (_, buttons) = screen(&room).await;
    assert_eq!(buttons, None);
    choose(&room, "c1", "e3", Some(0)).await;
    assert_eq!(reasons(&room).await, [Reason::LowConfidence]);
}

/// A log that was written before there were suggestions for visitors folds as it did.
#[test]
fn an_older_log_still_folds() {
    let log = r#"[
        {"kind":"visitor_said","message":"m1","intent":"question","turn":1},
        {"kind":"judged","turn":1,"verdict":"answer","generation":"g"},
        {"kind":"bot_answered","message":"e3","turn":1,"questions":[1]},
        {"kind":"visitor_said","message":"m2","intent":"question","turn":2},
        {"kind":"judged","turn":2,"verdict":"suggest","generation":"g"},
        {"kind":"escalated","reason":"low_confidence","bot":"helping","questions":[4]}]"#;
    let log: Vec<What> = serde_json::from_str(log).unwrap();
    let dialogue = crate::dialogue::Dialogue::fold(&log);
    assert_eq!((dialogue.seq, dialogue.open), (6, None));
    assert!(matches!(
        dialogue.handling,
        crate::event::Handling::Waiting { .. }
    ));
    assert_eq!(dialogue.talk, crate::dialogue::Talk::default());
}

#[test]
fn the_team_reads_what_was_suggested() {
    let body = Body::Suggestions {
        text: Text::plain("Did you mean one of these?"),
        choices: vec!["Prices".to_owned(), "Refunds".to_owned()],
        other: "None".to_owned(),
    };
    let what = What::Suggested {
        message: "e3".into(),
        turn: 1,
        questions: vec![1],
        verdict: 2,
        choices: vec![0, 1],
    };
    let event = crate::event::Event {
        seq: 3,
        at: 1,
        what,
    };
    let entry = Entry {
        event,
        body: Some(body),
        edited: false,
    };
    let words = crate::compose::words_of(&entry);
    assert_eq!(words, "Did you mean one of these? Prices \u{b7} Refunds");
}
