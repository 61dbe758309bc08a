//! The outbox on a real store, in front of a platform that keeps what it was told.

mod cards;
mod changes;
mod failures;
mod moving;
mod said;
mod signs;
mod thread;
mod trouble;
mod twins;
mod wall;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use hinny_bridges::text::Text;
use hinny_bridges::{Bridge, Channel, ConnectionId, Mention, Target, Thread};
use hinny_kb::{Judgement, Person};
use tempfile::TempDir;

use self::wall::Wall;
use crate::answerer::{Answerer, AnswererDown};
use crate::body::Body;
use crate::dialogue::Dialogue;
use crate::engine::Engine;
use crate::event::{BotMeanwhile, Event, Intent, Reason, What};
use crate::files::Files;
use crate::ids::{Cause, ConversationId, DeliveryId, Seq, SiteId};
use crate::order::{Order, Request};
use crate::shell::{Parts, SiteRules, Timing};
use crate::store::{
    Change, CommitError, DeliveryKind, LogStore, NewDelivery, OutboxStore, PeopleStore,
    SqliteStore, Store,
};

struct Nobody;

#[async_trait]
impl Answerer for Nobody {
    async fn answer(&self, _: &SiteId, _: &Person, _: &str) -> Result<Judgement, AnswererDown> {
        std::future::pending().await
    }
}

/// A site with a wall for its team. What happens in its conversation is committed as the conversation's actor does.
struct Room {
    engine: Engine,
    store: Arc<SqliteStore>,
    wall: Arc<Wall>,
    site: SiteId,
    conversation: ConversationId,
    folder: TempDir,
}

fn target(connection: &str) -> Target {
    Target {
        connection: ConnectionId(connection.into()),
        channel: Channel::Desk,
    }
}

fn rules(connection: &str) -> SiteRules {
    SiteRules {
        notify: Some(Mention::Here),
        nudge_after: Some(Duration::from_secs(60)),
        ..SiteRules::new("Shop", target(connection))
    }
}

fn timing() -> Timing {
    Timing {
        alarm_poll: Duration::from_secs(3600),
        outbox_poll: Duration::from_millis(20),
        retry_first: Duration::from_millis(1),
        retry_max: Duration::from_millis(40),
        ..Timing::default()
    }
}

fn start(folder: &TempDir, store: &Arc<SqliteStore>, walls: &[(&str, &Arc<Wall>)]) -> Engine {
    let bridge = |(name, wall): &(&str, &Arc<Wall>)| {
        let bridge: Arc<dyn Bridge> = (*wall).clone();
        (ConnectionId((*name).into()), bridge)
    };
    let site = |(name, _): &(&str, &Arc<Wall>)| (SiteId::from(*name), rules(name));
    let files = Files::open(folder.path(), store.clone(), 1_000_000).unwrap();
    Engine::start(Parts {
        files: Arc::new(files),
        store: store.clone() as Arc<dyn Store>,
        answerer: Arc::new(Nobody),
        bridges: walls.iter().map(bridge).collect(),
        sites: walls.iter().map(site).collect::<HashMap<_, _>>(),
        learner: None,
        timing: timing(),
        arbiters: 1,
        mailbox: 8,
    })
}

async fn room_with(posts_card: bool) -> Room {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
    let wall = Arc::new(Wall::new(posts_card));
    let engine = start(&folder, &store, &[("shop", &wall)]);
    let site = SiteId::from("shop");
    let conversation = conversation(&store, &site).await;
    Room {
        engine,
        store,
        wall,
        site,
        conversation,
        folder,
    }
}

async fn room() -> Room {
    room_with(false).await
}

async fn conversation(store: &SqliteStore, site: &SiteId) -> ConversationId {
    let visitor = store.admit(site, 1).await.unwrap().visitor;
    store.open(site, &visitor, 1).await.unwrap()
}

fn said(id: &str) -> What {
    What::VisitorSaid {
        message: id.into(),
        intent: Intent::Question,
        turn: None,
    }
}

fn escalated() -> What {
    What::Escalated {
        reason: Reason::Asked,
        bot: BotMeanwhile::Silent,
        questions: Vec::new(),
    }
}

fn took(by: &str) -> What {
    What::AgentTook {
        by: by.into(),
        questions: Vec::new(),
    }
}

fn words(text: &str) -> Option<Body> {
    Some(Body::words(Text::plain(text)))
}

impl Room {
    /// Something happens, and the team is told in these ways.
    async fn happens(&self, what: What, body: Option<Body>, kinds: &[DeliveryKind]) -> Seq {
        let seq = self.now().await + 1;
        let bodies: Vec<_> = body.map(|body| (seq, body)).into_iter().collect();
        self.commit(what, bodies, kinds, clock_of(seq)).await
    }

    async fn now(&self) -> Seq {
        let row = self.store.conversation(&self.conversation).await.unwrap();
        row.unwrap().seq
    }

    /// Tries again when the actor wrote meanwhile; then the events of `bodies` move along if they are the new one.
    async fn commit(
        &self,
        what: What,
        bodies: Vec<(Seq, Body)>,
        kinds: &[DeliveryKind],
        at: i64,
    ) -> Seq {
        let wanted = self.now().await + 1;
        loop {
            let expected = self.now().await;
            let mut change = self.change(expected, at, what.clone(), kinds).await;
            let moved = bodies.iter().map(|(seq, body)| match *seq == wanted {
                true => (expected + 1, body.clone()),
                false => (*seq, body.clone()),
            });
            change.bodies = moved.collect();
            match self.store.commit(change).await {
                Ok(_) => {
                    self.engine.ring_outbox();
                    return expected + 1;
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }

    async fn change(&self, expected: Seq, at: i64, what: What, kinds: &[DeliveryKind]) -> Change {
        let history = self.store.history(&self.conversation).await.unwrap();
        let events = history.iter().map(|event| &event.what);
        let after = Dialogue::fold(events.chain([&what]));
        let mut change = Change::new(
            self.site.clone(),
            self.conversation.clone(),
            expected,
            Cause(format!("test:{}", DeliveryId::random())),
            after.handling,
        );
        let seq = expected + 1;
        change.events.push(Event { seq, at, what });
        let delivery = |what: &DeliveryKind| NewDelivery {
            id: DeliveryId::random(),
            target: target(&self.site.0),
            seq,
            what: *what,
        };
        change.deliveries = kinds.iter().map(delivery).collect();
        change
    }

    /// Another thread is noted, as if somebody had opened one meanwhile.
    fn notes(&self, thread: Thread) -> BoxFuture<'static, ()> {
        let order = Order {
            site: self.site.clone(),
            conversation: self.conversation.clone(),
            cause: Cause("meanwhile".into()),
            request: Request::NoteThread {
                target: target(&self.site.0),
                thread,
                posts: Vec::new(),
            },
        };
        let engine = self.engine.clone();
        Box::pin(async move {
            engine.handle(order).await.unwrap();
        })
    }

    /// Until nothing waits any more.
    async fn settled(&self) {
        let empty = async {
            while self.store.next_due().await.unwrap().is_some() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let within = tokio::time::timeout(Duration::from_secs(20), empty);
        within.await.expect("the outbox gets empty");
    }

    async fn thread(&self) -> Thread {
        let thread = self.store.thread_of(&self.conversation).await.unwrap();
        thread.expect("there is a thread")
    }
}

/// Two minutes between any two events, so that every line comes after a long quiet.
fn clock_of(seq: Seq) -> i64 {
    1_700_000_000_000 + seq as i64 * 120_000
}
