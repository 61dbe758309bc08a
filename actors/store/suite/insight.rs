//! What a team looks back at: answers, and the questions that were missed.

use hinny_bridges::text::Text;

use super::{Talk, add};
use crate::body::{Body, SourceLink};
use crate::event::{BotMeanwhile, Chosen, Intent, Reason, Verdict, What};
use crate::ids::{MessageId, Seq, SiteId};
use crate::store::{AnswersWanted, Before, Change, Said, Store, Why};

fn words(text: &str) -> Option<Body> {
    Some(Body::words(Text::plain(text)))
}

/// A question, the verdict on it, and the answer.
fn answered(talk: &Talk<'_>, questions: Vec<u64>) -> Change {
    let mut change = talk.change(0, talk.id.as_str());
    let message = MessageId::from("m1");
    let intent = Intent::Question;
    let question = What::VisitorSaid {
        message,
        intent,
        turn: Some(4),
    };
    add(&mut change, question, words("Do you ship to Malta?"));
    add(&mut change, judged(4, Verdict::Answer), Some(judgement()));
    let message = MessageId::from("m2");
    let answer = What::BotAnswered {
        chosen: None,
        message,
        turn: 4,
        questions,
    };
    let link = SourceLink {
        title: "Shipping".to_owned(),
        url: None,
    };
    let body = Body::Message {
        text: Text::plain("Yes."),
        sources: vec![link],
        name: None,
        avatar: None,
        files: Vec::new(),
        quotes: None,
    };
    add(&mut change, answer, Some(body));
    change
}

fn judged(turn: u64, verdict: Verdict) -> What {
    let generation = "g1".to_owned();
    What::Judged {
        turn,
        verdict,
        generation,
    }
}

fn judgement() -> Body {
    let judgement = serde_json::json!({
        "verdict": "answer", "confidence": 0.75, "query": "Do you ship to Malta?",
        "generation": "g1", "settings_hash": "", "encoder": null,
        "borders": { "answer": 0.5, "suggest": 0.2 }, "features": {}, "candidates": [], "answer": null,
    });
    Body::Verdict {
        judgement: Box::new(serde_json::from_value(judgement).unwrap()),
    }
}

pub async fn answers_come_with_question_and_confidence(store: &dyn Store) {
    let foreign = Talk::begin(store, "bakery").await;
    foreign.commit(answered(&foreign, vec![1])).await;
    let site = SiteId::from("shop");
    // A question that waits for a person too is not settled by the answer, and is shown all the same.
    for questions in [vec![1], vec![]] {
        let talk = Talk::begin(store, "shop").await;
        talk.commit(answered(&talk, questions)).await;
    }
    let answers = store.answers(&site, &AnswersWanted::last(9)).await.unwrap();
    assert_eq!(answers.len(), 2);
    for answer in answers {
        assert_eq!(answer.question, "Do you ship to Malta?");
        assert_eq!((answer.answer.as_str(), answer.confidence), ("Yes.", 0.75));
        assert_eq!((answer.seq, answer.at), (3, 3000));
        assert_eq!(answer.sources[0].title, "Shipping");
    }
    let page = |before| AnswersWanted {
        before,
        ..AnswersWanted::last(1)
    };
    let first = store.answers(&site, &AnswersWanted::last(1)).await.unwrap();
    let last = first.last().unwrap();
    let before = Before {
        at: last.at,
        conversation: last.conversation.clone(),
        seq: last.seq,
    };
    let second = store.answers(&site, &page(before)).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first[0].conversation, second[0].conversation);
}

fn marked(talk: &Talk<'_>, seq: u64, wrong: bool) -> Change {
    let mut change = talk.change(seq, &format!("mark{seq}"));
    let by = "a1".to_owned();
    let name = "Bea".to_owned();
    let what = What::AnswerMarked { of: 3, by, wrong };
    add(&mut change, what, Some(Body::Agent { name }));
    change
}

pub async fn a_wrong_answer_is_marked_missed_and_unmarked(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(answered(&talk, vec![1])).await;
    assert_eq!(store.missed(&talk.site, 0).await.unwrap(), []);
    talk.commit(marked(&talk, 3, true)).await;
    let answer = store.answer(&talk.id, 3).await.unwrap().unwrap();
    assert_eq!(answer.wrong.map(|mark| mark.by).as_deref(), Some("Bea"));
    let mut replied = talk.change(4, "reply");
    let message = MessageId::from("m9");
    let (by, held, chosen) = ("a1".to_owned(), None, None);
    let said = What::AgentSaid {
        message,
        by,
        held,
        chosen,
    };
    add(&mut replied, said, words("Only by post."));
    talk.commit(replied).await;
    let missed = store.missed(&talk.site, 0).await.unwrap();
    assert_eq!(missed.len(), 1);
    let one = &missed[0];
    assert_eq!((one.seq, one.why), (1, Why::Wrong));
    assert_eq!(one.question, "Do you ship to Malta?");
    assert_eq!(one.answer.as_deref(), Some("Yes."));
    assert_eq!(one.reply.as_deref(), Some("Only by post."));
    talk.commit(marked(&talk, 5, false)).await;
    assert_eq!(store.missed(&talk.site, 0).await.unwrap(), []);
    let answer = store.answer(&talk.id, 3).await.unwrap().unwrap();
    assert_eq!(answer.wrong, None);
}

pub async fn what_did_not_help_is_missed(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(answered(&talk, vec![1])).await;
    let helped = |yes| What::Helped {
        of: 3,
        message: MessageId::from("e3"),
        yes,
    };
    let mut change = talk.change(3, "no");
    add(&mut change, helped(false), None);
    talk.commit(change).await;
    let answer = store.answer(&talk.id, 3).await.unwrap().unwrap();
    assert_eq!(answer.helped, Some(false));
    let missed = store.missed(&talk.site, 0).await.unwrap();
    assert_eq!((missed[0].seq, missed[0].why), (1, Why::NotHelped));
    // The team's word counts more.
    talk.commit(marked(&talk, 4, true)).await;
    let missed = store.missed(&talk.site, 0).await.unwrap();
    let whys: Vec<Why> = missed.iter().map(|one| one.why).collect();
    assert_eq!(whys, [Why::Wrong]);
}

pub async fn what_was_handed_over_is_missed(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let mut change = answered(&talk, vec![1]);
    change.events.truncate(2);
    change.bodies.truncate(2);
    let escalated = What::Escalated {
        reason: Reason::LowConfidence,
        bot: BotMeanwhile::Helping,
        questions: vec![1],
    };
    add(&mut change, escalated, None);
    talk.commit(change).await;
    let foreign = SiteId::from("bakery");
    assert_eq!(store.missed(&foreign, 0).await.unwrap(), []);
    let missed = store.missed(&talk.site, 0).await.unwrap();
    let whys: Vec<Why> = missed.iter().map(|one| one.why).collect();
    assert_eq!(whys, [Why::HandedOver(Reason::LowConfidence)]);
    assert_eq!(
        (missed[0].answer.clone(), missed[0].reply.clone()),
        (None, None)
    );
    let skeletons = store.skeletons(&talk.site, 0).await.unwrap();
    assert_eq!((skeletons.len(), skeletons[0].1.len()), (1, 3));
}

/// What becomes of one question.
enum End {
    /// The bot has an answer for the team, in a mode in which it may not give it.
    Draft,
    /// The visitor is asked what they mean.
    Suggest,
    /// A person is fetched.
    Escalate(Reason),
    /// A person has been fetched before.
    Nothing,
}

/// The next question, the verdict on it and what comes of that. Says where each stands.
async fn asks(talk: &Talk<'_>, turn: u64, verdict: Verdict, end: End) -> (Seq, Seq, Seq) {
    let begin = talk.seq().await;
    let mut change = talk.change(begin, &format!("turn{turn}"));
    let question = What::VisitorSaid {
        message: MessageId(format!("m{turn}")),
        intent: Intent::Question,
        turn: Some(turn),
    };
    let asked = add(&mut change, question, words(&format!("Question {turn}?")));
    let judged = add(&mut change, judged(turn, verdict), Some(judgement()));
    let end = match ending(end, turn, asked, judged) {
        Some((what, body)) => add(&mut change, what, body),
        None => judged,
    };
    talk.commit(change).await;
    (asked, judged, end)
}

fn ending(end: End, turn: u64, asked: Seq, verdict: Seq) -> Option<(What, Option<Body>)> {
    Some(match end {
        End::Draft => (What::Drafted { turn }, words("Drafted.")),
        End::Suggest => (suggested(turn, asked, verdict), Some(choices())),
        End::Escalate(reason) => (hands_over(reason, asked), None),
        End::Nothing => return None,
    })
}

fn suggested(turn: u64, asked: Seq, verdict: Seq) -> What {
    What::Suggested {
        message: MessageId(format!("e{}", verdict + 1)),
        turn,
        questions: vec![asked],
        verdict,
        choices: vec![0],
    }
}

fn choices() -> Body {
    Body::Suggestions {
        text: Text::plain("Which?"),
        choices: ["Prices", "Refunds"].map(str::to_owned).to_vec(),
        other: "None".to_owned(),
    }
}

fn hands_over(reason: Reason, question: Seq) -> What {
    What::Escalated {
        reason,
        bot: BotMeanwhile::Helping,
        questions: vec![question],
    }
}

async fn happens(talk: &Talk<'_>, what: What) {
    let seq = talk.seq().await;
    let mut change = talk.change(seq, &format!("then{seq}"));
    add(&mut change, what, None);
    talk.commit(change).await;
}

/// The missed questions, the last first, with what is said of them.
async fn missed(talk: &Talk<'_>) -> Vec<(String, Why)> {
    let missed = talk.store.missed(&talk.site, 0).await.unwrap();
    let told = missed.into_iter().map(|one| (one.question, one.why));
    told.collect()
}

fn question(number: u64, why: Why) -> (String, Why) {
    (format!("Question {number}?"), why)
}

pub async fn what_is_asked_while_somebody_waits_is_missed_too(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let unsure = Reason::LowConfidence;
    asks(&talk, 1, Verdict::Unsure, End::Escalate(unsure)).await;
    asks(&talk, 2, Verdict::Unsure, End::Nothing).await;
    asks(&talk, 3, Verdict::Suggest, End::Nothing).await;
    let why = Why::HandedOver(unsure);
    let all = [question(3, why), question(2, why), question(1, why)];
    assert_eq!(missed(&talk).await, all);
    // The verdict is about all that is open.
    let mut burst = talk.change(talk.seq().await, "burst");
    for turn in [4, 5] {
        let (message, intent) = (MessageId(format!("m{turn}")), Intent::Question);
        let turn = Some(turn);
        let said = What::VisitorSaid {
            message,
            intent,
            turn,
        };
        add(&mut burst, said, words("And this?"));
    }
    add(&mut burst, judged(5, Verdict::Unsure), None);
    talk.commit(burst).await;
    assert_eq!(missed(&talk).await.len(), 5);
}

pub async fn a_suggestion_is_missed_unless_it_is_chosen(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let (_, verdict, of) = asks(&talk, 1, Verdict::Suggest, End::Suggest).await;
    assert_eq!(missed(&talk).await, [question(1, Why::Suggested)]);
    let chooses = |of, chosen| What::VisitorChose {
        message: MessageId(format!("c{of}")),
        of,
        chosen,
    };
    let chosen = Some(Chosen { verdict, index: 0 });
    happens(&talk, chooses(of, chosen)).await;
    let answer = What::BotAnswered {
        message: MessageId::from("e5"),
        turn: 1,
        questions: Vec::new(),
        chosen,
    };
    happens(&talk, answer).await;
    assert_eq!(missed(&talk).await, []);
    let (_, _, of) = asks(&talk, 2, Verdict::Suggest, End::Suggest).await;
    happens(&talk, chooses(of, None)).await;
    let press = talk.seq().await;
    happens(&talk, hands_over(Reason::LowConfidence, press)).await;
    let why = Why::HandedOver(Reason::LowConfidence);
    assert_eq!(missed(&talk).await, [question(2, why)]);
}

pub async fn what_the_team_answers_first_is_missed_without_an_answer_only(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let policy = || End::Escalate(Reason::Policy);
    asks(&talk, 1, Verdict::Answer, policy()).await;
    asks(&talk, 2, Verdict::Answer, End::Draft).await;
    asks(&talk, 3, Verdict::Unsure, End::Nothing).await;
    let (_, _, verdict) = asks(&talk, 4, Verdict::Suggest, End::Draft).await;
    let why = Why::HandedOver(Reason::LowConfidence);
    assert_eq!(missed(&talk).await, [question(4, why), question(3, why)]);
    let sent = What::AgentSaid {
        message: MessageId::from("sent"),
        by: "a1".to_owned(),
        held: None,
        chosen: Some(Chosen { verdict, index: 0 }),
    };
    happens(&talk, sent).await;
    assert_eq!(missed(&talk).await, [question(3, why)]);
    let other = Talk::begin(store, "bakery").await;
    asks(&other, 1, Verdict::Unsure, policy()).await;
    assert_eq!(missed(&other).await, [question(1, why)]);
}

pub async fn a_rejected_answer_is_missed(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    talk.commit(answered(&talk, vec![1])).await;
    happens(&talk, hands_over(Reason::Asked, 9)).await;
    assert_eq!(missed(&talk).await, []);
    let reject = What::VisitorSaid {
        message: MessageId::from("no"),
        intent: Intent::Reject,
        turn: None,
    };
    happens(&talk, reject).await;
    happens(&talk, hands_over(Reason::Repeated, 5)).await;
    let missed = store.missed(&talk.site, 0).await.unwrap();
    assert_eq!(missed[0].why, Why::HandedOver(Reason::Repeated));
    assert_eq!(missed[0].answer.as_deref(), Some("Yes."));
}

pub async fn what_was_drafted_or_suggested_is_told_too(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let (_, verdict, of) = asks(&talk, 1, Verdict::Suggest, End::Suggest).await;
    asks(&talk, 2, Verdict::Answer, End::Draft).await;
    // Only a person was offered, which says nothing about the question.
    let nothing = What::Suggested {
        message: MessageId::from("e9"),
        turn: 3,
        questions: Vec::new(),
        verdict,
        choices: Vec::new(),
    };
    happens(&talk, nothing).await;
    let told = store.answers(&talk.site, &AnswersWanted::last(9)).await;
    let told = told.unwrap();
    let shown = told
        .iter()
        .map(|row| (row.said, row.question.as_str(), row.answer.as_str()));
    let shown: Vec<_> = shown.collect();
    let drafted = (Said::Drafted, "Question 2?", "Drafted.");
    let suggested = (Said::Suggested, "Question 1?", "Prices \u{b7} Refunds");
    assert_eq!(shown, [drafted, suggested]);
    let one = store.answer(&talk.id, of).await.unwrap().unwrap();
    assert_eq!(one, told[1]);
    let (by, wrong) = ("a1".to_owned(), true);
    happens(&talk, What::AnswerMarked { of, by, wrong }).await;
    let one = store.answer(&talk.id, of).await.unwrap().unwrap();
    assert!(one.wrong.is_some());
    assert_eq!(missed(&talk).await, [question(1, Why::Wrong)]);
}
