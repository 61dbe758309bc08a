//! The desk's lists, the counts and the backup's first rule.

use hinny_bridges::text::Text;

use super::{Talk, add, profile, said};
use crate::body::Body;
use crate::event::{BotMeanwhile, Handling, Reason, What};
use crate::ids::{ConversationId, MessageId, SiteId};
use crate::store::{Change, DeliveryKind, Store, ThreadState};

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
