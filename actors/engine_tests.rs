//! The engine on a real store: what is on disk after orders, alarms and late verdicts.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hinny_bridges::desk::Desk;
use hinny_bridges::{Bridge, Channel, ConnectionId, Target};
use hinny_kb::{Judgement, Person, Settings};
use tempfile::TempDir;

use crate::answerer::{Answerer, AnswererDown};
use crate::engine::Engine;
use crate::files::Files;
use crate::ids::{Cause, ConversationId, SiteId};
use crate::order::{Order, Request};
use crate::shell::{Parts, SiteRules, Speaks, Timing};
use crate::store::{LogStore, PeopleStore, SqliteStore, Store};

/// An answerer that is always still thinking.
struct Thinking;

#[async_trait]
impl Answerer for Thinking {
    async fn answer(&self, _: &SiteId, _: &Person, _: &str) -> Result<Judgement, AnswererDown> {
        std::future::pending().await
    }
}

pub struct Room {
    pub engine: Engine,
    pub store: Arc<SqliteStore>,
    pub conversation: ConversationId,
    _folder: TempDir,
}

fn site() -> SiteId {
    "shop".into()
}

async fn room() -> Room {
    room_with(Arc::new(Thinking)).await
}

pub async fn room_with(answerer: Arc<dyn Answerer>) -> Room {
    room_where(answerer, Speaks::BotFirst).await
}

pub async fn room_where(answerer: Arc<dyn Answerer>, speaks: Speaks) -> Room {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
    let visitor = store.admit(&site(), 1).await.unwrap().visitor;
    let conversation = store.open(&site(), &visitor, 1).await.unwrap();
    let connection = ConnectionId("desk".into());
    let target = Target {
        connection: connection.clone(),
        channel: Channel::Desk,
    };
    let desk: Arc<dyn Bridge> = Arc::new(Desk);
    let files = Files::open(folder.path(), store.clone(), 1_000).unwrap();
    let rules = SiteRules {
        speaks,
        ..SiteRules::new("Shop", target)
    };
    let engine = Engine::start(Parts {
        store: store.clone() as Arc<dyn Store>,
        answerer,
        bridges: HashMap::from([(connection, desk)]),
        sites: HashMap::from([(site(), rules)]),
        learner: None,
        files: Arc::new(files),
        // Alarms ring only when a test rings them.
        timing: Timing {
            alarm_poll: Duration::from_secs(3600),
            ..Timing::default()
        },
        arbiters: 1,
        mailbox: 8,
    });
    Room {
        engine,
        store,
        conversation,
        _folder: folder,
    }
}

impl Room {
    pub async fn order(&self, cause: &str, request: Request) {
        let order = Order {
            site: site(),
            conversation: self.conversation.clone(),
            cause: Cause(cause.into()),
            request,
        };
        self.engine.handle(order).await.unwrap();
    }

    async fn say(&self, id: &str) {
        self.say_words(id, &format!("What is question {id}?")).await;
    }

    pub async fn say_words(&self, id: &str, text: &str) {
        let (message, text) = (id.into(), text.to_owned());
        self.order(
            id,
            Request::Say {
                message,
                text,
                files: Vec::new(),
            },
        )
        .await;
    }

    /// The turns whose alarms are set.
    pub async fn alarms(&self) -> Vec<u64> {
        use crate::store::AlarmStore;
        let alarms = self.store.alarms().await.unwrap();
        alarms.iter().map(|due| due.alarm.turn).collect()
    }

    pub async fn kinds(&self) -> Vec<String> {
        let events = self.store.history(&self.conversation).await.unwrap();
        let kind = |event: &crate::event::Event| {
            serde_json::to_value(&event.what).unwrap()["kind"].clone()
        };
        events
            .iter()
            .map(|event| kind(event).as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_ring_leaves_the_alarm_of_a_newer_question_alone() {
    let room = room().await;
    room.say("m1").await;
    room.say("m2").await;
    room.order("late", Request::AnswerDue { turn: 1 }).await;
    assert_eq!(room.alarms().await, [2]);
    room.order("due", Request::AnswerDue { turn: 2 }).await;
    assert_eq!(room.alarms().await, [] as [u64; 0]);
    assert!(room.kinds().await.contains(&"escalated".to_owned()));
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_of_an_older_turn_is_dropped() {
    let room = room().await;
    room.say("m1").await;
    room.say("m2").await;
    let judgement = Box::new(Judgement::unsure("question m1", "g", &Settings::default()));
    room.order(
        "turn1",
        Request::Judge {
            turn: 1,
            judgement,
            partial: false,
        },
    )
    .await;
    assert_eq!(room.kinds().await, ["visitor_said", "visitor_said"]);
    assert_eq!(room.engine.tally().stale_verdicts.get(), 1);
    room.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_engine_takes_no_more_orders() {
    let room = room().await;
    room.engine.stop().await;
    let order = Order {
        site: site(),
        conversation: room.conversation.clone(),
        cause: Cause("late".into()),
        request: Request::HandOver { written: None },
    };
    let refused = room.engine.handle(order).await;
    assert!(
        matches!(refused, Err(crate::order::Refusal::Stopping)),
        "{refused:?}"
    );
}
