//! The stage of the team's tests: an engine, one thread, and a bridge through which a test lets things happen.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hinny_bridges::text::Text;
use hinny_bridges::{
    Bridge, Channel, ConnectionId, DeskThread, Happened, Inbound, Origin, Person, PostId, Said,
    Target, Thread,
};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};

use super::puppet::{Puppet, Shelf, Told, Unsure};
use crate::action::Action;
use crate::body::FaqDraft;
use crate::engine::Engine;
use crate::event::What;
use crate::files::Files;
use crate::ids::{Cause, ConversationId, Seq, SiteId};
use crate::learner::Learner;
use crate::order::{Order, Refusal, Request};
use crate::shell::{Parts, SiteRules, Timing};
use crate::store::{LogStore, PeopleStore, Receipt, SqliteStore, Store};
use crate::view::{Author, VisitorEvent, visitor};

pub struct Stage {
    pub engine: Engine,
    pub store: Arc<SqliteStore>,
    pub conversation: ConversationId,
    pub puppet: Arc<Puppet>,
    pub shelf: Arc<Shelf>,
    pub tell: mpsc::UnboundedSender<Told>,
    pub folder: TempDir,
    edits: AtomicUsize,
}

pub fn person(id: &str) -> Person {
    Person::new(id, id)
}

pub fn guest(id: &str) -> Person {
    Person {
        guest: true,
        ..person(id)
    }
}

pub fn connection() -> ConnectionId {
    ConnectionId("team".into())
}

fn channel() -> Channel {
    Channel::Desk
}

pub fn thread() -> Thread {
    numbered(1)
}

/// Threads are numbered as they are opened.
pub fn numbered(number: usize) -> Thread {
    let id = format!("t{number}");
    Thread::Desk(DeskThread { id })
}

pub fn site() -> SiteId {
    "shop".into()
}

impl Stage {
    /// A visitor has asked, the bot was not sure, and the thread is open.
    pub async fn new() -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path()).await.unwrap());
        let visitor = store.admit(&site(), 1).await.unwrap().visitor;
        let conversation = store.open(&site(), &visitor, 1).await.unwrap();
        let (tell, puppet) = Puppet::new();
        let shelf = Arc::new(Shelf::default());
        let engine = start(&folder, &store, &puppet, &shelf);
        let stage = Stage {
            engine,
            store,
            conversation,
            puppet,
            shelf,
            tell,
            folder,
            edits: AtomicUsize::new(0),
        };
        stage.visitor_says("m1").await.unwrap();
        stage.waits_for("thread_opened").await;
        stage
    }

    pub async fn order(&self, cause: &str, request: Request) -> Result<Receipt, Refusal> {
        let order = Order {
            site: site(),
            conversation: self.conversation.clone(),
            cause: Cause(cause.into()),
            request,
        };
        self.engine.handle(order).await
    }

    pub async fn visitor_says(&self, id: &str) -> Result<Receipt, Refusal> {
        let request = Request::Say {
            message: id.into(),
            text: format!("question {id}"),
            files: Vec::new(),
        };
        self.order(id, request).await
    }

    pub async fn happens(&self, agent: Person, event_id: &str, what: Happened) {
        self.hands_in(Origin::Thread(thread()), agent, event_id, what)
            .await;
    }

    async fn hands_in(&self, origin: Origin, agent: Person, event_id: &str, what: Happened) {
        let (done, is_done) = oneshot::channel();
        let inbound = Inbound {
            connection: connection(),
            event_id: event_id.into(),
            origin,
            agent,
            sent_at: 1,
            what,
        };
        self.tell.send((inbound, done)).unwrap();
        assert!(is_done.await.unwrap());
    }

    pub async fn says(&self, agent: Person, post: &str, text: &str) {
        self.says_at(Origin::Thread(thread()), agent, post, text)
            .await;
    }

    pub async fn says_at(&self, place: Origin, agent: Person, post: &str, text: &str) {
        let said = Said::words(PostId(post.into()), Text::plain(text));
        let id = format!("said:{post}");
        self.hands_in(place, agent, &id, Happened::Said(said)).await;
    }

    pub async fn says_outside(&self, agent: Person, post: &str, text: &str) {
        self.says_at(Origin::Channel(channel()), agent, post, text)
            .await;
    }

    pub async fn answers(&self, agent: Person, post: &str, text: &str, quotes: &str) {
        let said = Said {
            quotes: Some(PostId(quotes.into())),
            ..Said::words(PostId(post.into()), Text::plain(text))
        };
        self.happens(agent, &format!("said:{post}"), Happened::Said(said))
            .await;
    }

    /// The same words at the same place are the same event.
    pub async fn edits(&self, agent: Person, post: &str, text: &str) {
        let when: u64 = text.bytes().map(u64::from).sum();
        let id = format!("edited:{post}:{}:{when}", agent.id);
        let (post, text) = (PostId(post.into()), Text::plain(text));
        self.happens(agent, &id, Happened::Edited { post, text })
            .await;
    }

    pub async fn deletes(&self, post: &str) {
        let id = format!("deleted:{post}");
        let post = PostId(post.into());
        self.happens(person(""), &id, Happened::Deleted { post })
            .await;
    }

    pub async fn reacts(&self, agent: Person, post: &str, sign: &str) {
        let id = format!("reacted:{post}:{}:{sign}", agent.id);
        let (post, sign) = (PostId(post.into()), sign.to_owned());
        let on = true;
        self.happens(agent, &id, Happened::Reacted { post, sign, on })
            .await;
    }

    pub async fn presses(&self, agent: Person, action: Action) {
        let number = self.edits.fetch_add(1, Ordering::Relaxed);
        let post = PostId("ours".into());
        let action = action.to_string();
        let what = Happened::Pressed { post, action };
        self.happens(agent, &format!("pressed:{number}"), what)
            .await;
    }

    pub async fn presses_again(&self, agent: Person, action: Action) {
        self.presses(agent.clone(), action.clone()).await;
        self.presses(agent, action).await;
    }

    pub fn has_file(&self, handle: &str, bytes: Bytes) {
        let mut files = self.puppet.files.lock().unwrap();
        files.insert(handle.into(), bytes);
    }

    pub fn fetches(&self) -> usize {
        self.puppet.fetches.load(Ordering::Relaxed)
    }

    /// Question and answer of each entry.
    pub fn entries(&self) -> Vec<String> {
        let shelf = self.shelf.0.lock().unwrap();
        let entry = |draft: &FaqDraft| format!("{} / {}", draft.question, draft.answer);
        shelf.values().map(entry).collect()
    }

    pub async fn events(&self) -> Vec<String> {
        let events = self.store.history(&self.conversation).await.unwrap();
        let kind = |what: &What| serde_json::to_value(what).unwrap()["kind"].clone();
        let kinds = events.iter().map(|event| kind(&event.what));
        kinds
            .map(|kind| kind.as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn count(&self, kind: &str) -> usize {
        let events = self.events().await;
        events.iter().filter(|event| *event == kind).count()
    }

    /// The seq of the last event of this kind.
    pub async fn last_of(&self, kind: &str) -> Seq {
        let events = self.events().await;
        let index = events.iter().rposition(|event| event == kind);
        index.unwrap_or_else(|| panic!("no {kind} in {events:?}")) as Seq + 1
    }

    pub async fn judged(&self) -> Seq {
        self.last_of("judged").await
    }

    pub async fn waits_for(&self, kind: &str) {
        let wait = async {
            while self.count(kind).await == 0 {
                tokio::task::yield_now().await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(ended.is_ok(), "no {kind}: {:?}", self.events().await);
    }

    /// What a visitor who opens the page now reads from the team.
    pub async fn visitor_reads(&self) -> Vec<String> {
        let is_agent = |author: &Author| matches!(author, Author::Agent { .. });
        self.messages(is_agent).await
    }

    pub async fn visitor_said(&self) -> Vec<String> {
        self.messages(|author| *author == Author::Visitor).await
    }

    async fn messages(&self, of: impl Fn(&Author) -> bool) -> Vec<String> {
        let entries = self.store.read(&self.conversation, 0, 1000).await.unwrap();
        let seen = entries.iter().filter_map(visitor);
        seen.filter_map(|event| match event {
            VisitorEvent::Message {
                author,
                text,
                sources,
                files,
                deleted,
                ..
            } if of(&author) => {
                let sources = sources.iter().map(|source| format!(" ({})", source.title));
                let files = files.iter().map(|file| format!(" +{}", file.file.name));
                let rest: String = sources.chain(files).collect();
                Some(match deleted {
                    true => "(deleted)".to_owned(),
                    false => format!("{}{rest}", text.to_plain()),
                })
            }
            _ => None,
        })
        .collect()
    }

    /// The last thing that hinny said to the team.
    pub async fn team_was_told(&self) -> String {
        let told = self.last_of("team_told").await;
        let entries = self.store.read(&self.conversation, told - 1, 1).await;
        crate::compose::words_of(&entries.unwrap()[0])
    }

    /// The store's files in which these words stand.
    pub async fn files_with(&self, words: &str) -> Vec<String> {
        let has = |name: &&str| {
            let bytes = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
            bytes
                .windows(words.len())
                .any(|part| part == words.as_bytes())
        };
        let files = ["hinny.db", "hinny.db-wal"].into_iter().filter(has);
        files.map(str::to_owned).collect()
    }

    pub async fn end(self) {
        self.engine.stop().await;
    }
}

pub fn target() -> Target {
    Target {
        connection: connection(),
        channel: channel(),
    }
}

pub fn start(
    folder: &TempDir,
    store: &Arc<SqliteStore>,
    puppet: &Arc<Puppet>,
    shelf: &Arc<Shelf>,
) -> Engine {
    let mut rules = SiteRules::new("Shop", target());
    rules.names = HashMap::from([("cleo".to_owned(), "Cleopatra".to_owned())]);
    let bridge: Arc<dyn Bridge> = puppet.clone();
    let learner: Arc<dyn Learner> = shelf.clone();
    let files = Files::open(folder.path(), store.clone(), 1_000_000).unwrap();
    Engine::start(Parts {
        store: store.clone() as Arc<dyn Store>,
        answerer: Arc::new(Unsure),
        bridges: HashMap::from([(connection(), bridge)]),
        sites: HashMap::from([(site(), rules)]),
        files: Arc::new(files),
        learner: Some(learner),
        timing: Timing {
            outbox_poll: Duration::from_millis(10),
            retry_first: Duration::from_millis(5),
            ..Timing::default()
        },
        arbiters: 1,
        mailbox: 8,
    })
}
