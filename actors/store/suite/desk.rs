//! The desk's lists, the counts and the backup's first rule.

use hinny_bridges::text::Text;

use super::{Talk, add, profile, said};
use crate::body::{Body, SourceLink};
use crate::event::{BotMeanwhile, Handling, Intent, Reason, Verdict, What};
use crate::ids::{ConversationId, MessageId, SiteId};
use crate::store::{AnswersWanted, Before, Change, DeliveryKind, Store, ThreadState, Why};

const WAITING: Handling = Handling::Waiting {
    reason: Reason::Asked,
    bot: BotMeanwhile::Silent,
};

fn words(text: &str) -> Option<Body> {
    Some(Body::words(Text::plain(text)))
}

/// The next line of a conversation, which leaves it in `handling`.
async fn goes_on(talk: &Talk<'_>, handling: Handling) {
    let mut change = talk.said(talk.seq().await, "and so on", None);
    change.handling = handling;
    talk.commit(change).await;
}

async fn listed(store: &dyn Store, site: &str, state: ThreadState) -> Vec<String> {
    let rows = store.threads(&SiteId::from(site), state, 9).await.unwrap();
    rows.into_iter().map(|row| row.conversation.id.0).collect()
}

pub async fn the_list_shows_what_a_person_has_to_do_with(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    let none: [&str; 0] = [];
    let one = [talk.id.as_str()];
    goes_on(&talk, Handling::Bot).await;
    assert_eq!(listed(store, "shop", ThreadState::All).await, none);
    goes_on(&talk, WAITING).await;
    assert_eq!(store.counts().await.unwrap().waiting, 1);
    let agent = Handling::Agent {
        by: "a1".to_owned(),
    };
    for handling in [WAITING, agent, Handling::Bot] {
        goes_on(&talk, handling).await;
        assert_eq!(listed(store, "shop", ThreadState::Open).await, one);
        assert_eq!(listed(store, "shop", ThreadState::Closed).await, none);
    }
    goes_on(&talk, Handling::Closed).await;
    assert_eq!(listed(store, "shop", ThreadState::Open).await, none);
    assert_eq!(listed(store, "shop", ThreadState::Closed).await, one);
    assert_eq!(listed(store, "shop", ThreadState::All).await, one);
    assert_eq!(store.counts().await.unwrap().waiting, 0);
}

pub async fn the_list_is_of_one_site_and_the_newest_first(store: &dyn Store) {
    let (old, new) = (
        Talk::begin(store, "shop").await,
        Talk::begin(store, "shop").await,
    );
    let foreign = Talk::begin(store, "bakery").await;
    for talk in [&new, &old, &foreign, &new] {
        goes_on(talk, WAITING).await;
    }
    let both = [new.id.as_str(), old.id.as_str()];
    assert_eq!(listed(store, "shop", ThreadState::Open).await, both);
    assert_eq!(
        listed(store, "bakery", ThreadState::All).await,
        [foreign.id.as_str()]
    );
    let one = store
        .threads(&new.site, ThreadState::Open, 1)
        .await
        .unwrap();
    assert_eq!(one.len(), 1);
}

/// An agent takes the conversation and says something, and a note follows that is nobody's word.
fn taken(talk: &Talk<'_>) -> Change {
    let mut change = talk.change(0, "taken");
    let by = "a1".to_owned();
    add(&mut change, said("hello"), words("hello"));
    let took = What::AgentTook {
        by: by.clone(),
        questions: vec![1],
    };
    add(
        &mut change,
        took,
        Some(Body::Agent {
            name: "Bea".to_owned(),
        }),
    );
    let message = MessageId::from("m2");
    let told = What::AgentSaid {
        message,
        by: by.clone(),
        held: None,
        chosen: None,
    };
    add(&mut change, told, words("Good morning!"));
    add(
        &mut change,
        What::NoteWritten { by: by.clone() },
        words("nice person"),
    );
    change.handling = Handling::Agent { by };
    change
}

pub async fn a_line_tells_the_essentials(store: &dyn Store) {
    let talk = Talk::begin(store, "shop").await;
    assert_eq!(
        store
            .thread_row(&ConversationId::from("nobody"))
            .await
            .unwrap(),
        None
    );
    let row = store.thread_row(&talk.id).await.unwrap().unwrap();
    assert_eq!(
        (row.last, row.has_thread, row.identified),
        (None, false, false)
    );
    talk.commit(taken(&talk)).await;
    let ada = profile("ada", "Ada");
    let id = Some(&talk.session.id);
    let person = store.identify(&talk.site, id, &ada, 2).await.unwrap();
    let row = store.thread_row(&talk.id).await.unwrap().unwrap();
    assert_eq!(row.conversation.visitor, person.session.visitor);
    assert_eq!((row.conversation.seq, row.has_thread), (4, true));
    assert_eq!(
        (row.visitor_name.as_deref(), row.identified),
        (Some("Ada"), true)
    );
    assert_eq!(row.agent.as_deref(), Some("Bea"));
    let last = row.last.unwrap();
    assert_eq!((last.event.seq, last.body), (3, words("Good morning!")));
    goes_on(&talk, Handling::Bot).await;
    let row = store.thread_row(&talk.id).await.unwrap().unwrap();
    assert_eq!((row.agent, row.last.unwrap().event.seq), (None, 5));
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
    let generation = "g1".to_owned();
    let judged = What::Judged {
        turn: 4,
        verdict: Verdict::Answer,
        generation,
    };
    add(&mut change, judged, Some(judgement()));
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

pub async fn counts_count(store: &dyn Store) {
    assert_eq!(store.counts().await.unwrap(), Default::default());
    let talk = Talk::begin(store, "shop").await;
    talk.tells(0, "hello", DeliveryKind::Line).await;
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.conversations, counts.pending_deliveries), (1, 1));
    assert_eq!((counts.waiting, counts.dead_letters), (0, 0));
    assert_eq!((counts.parked, counts.alarms), (0, 0));
}

pub async fn a_backup_never_overwrites(store: &dyn Store) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy");
    store.backup(&file).await.unwrap();
    let size = std::fs::metadata(&file).unwrap().len();
    assert!(size > 0);
    Talk::begin(store, "shop").await;
    assert!(store.backup(&file).await.is_err());
    assert_eq!(std::fs::metadata(&file).unwrap().len(), size);
    assert!(
        store
            .backup(&folder.path().join("no/such/folder"))
            .await
            .is_err()
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
