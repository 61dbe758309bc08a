//! `Engine`: everything of this crate, started and stopped as one.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use actix::{Arbiter, ArbiterHandle, System};
use tokio::sync::{Notify, watch};
use tokio::task::{self, AbortHandle};

use crate::dialogue::Dialogue;
use crate::faces::Faces;
use crate::feed::{Feed, Topic, Typist, Wake};
use crate::ids::{Cause, ConversationId, SiteId};
use crate::inbound::Replies;
use crate::listeners;
use crate::lobby::Lobby;
use crate::look_backs::LookBacks;
use crate::openings::Openings;
use crate::order::{Order, Refusal, Request};
use crate::outbox::Outbox;
use crate::shell::{Parts, Shell};
use crate::store::{DeadLetter, Receipt, Store};
use crate::switchboard::Switchboard;
use crate::tally::Tally;
use crate::typing::{self, Typing};
use crate::{alarms, clock, digest, feed, files};

/// The conversations of all sites. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    shell: Arc<Shell>,
    switchboard: Arc<Switchboard>,
    running: Arc<Mutex<Running>>,
}

/// What must be ended.
#[derive(Default)]
struct Running {
    /// May be dropped at any point: what they were doing is done again after the next start.
    tasks: Vec<AbortHandle>,
    /// Must not be dropped in the middle of a send.
    outbox: Option<(watch::Sender<bool>, task::JoinHandle<()>)>,
    actors: Option<(System, Vec<ArbiterHandle>, JoinHandle<()>)>,
}

impl Engine {
    /// Starts everything, on the tokio runtime it is called in and on threads of its own for the actors.
    pub fn start(parts: Parts) -> Engine {
        let (system, arbiters, thread) = start_actors(parts.arbiters.max(1));
        let shell = Arc::new(shell(parts));
        let switchboard = Switchboard::new(shell.clone(), arbiters.clone());
        let tasks = start_tasks(&shell, &switchboard);
        let outbox = start_outbox(&shell, &switchboard);
        Engine {
            shell,
            switchboard,
            running: Arc::new(Mutex::new(Running {
                tasks,
                outbox: Some(outbox),
                actors: Some((system, arbiters, thread)),
            })),
        }
    }

    /// Carries out an order. `Ok` means that it is on disk; the same cause has no second effect.
    pub async fn handle(&self, order: Order) -> Result<Receipt, Refusal> {
        self.switchboard.handle(order).await
    }

    pub fn feed(&self) -> &Feed {
        &self.shell.feed
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.shell.store
    }

    pub fn tally(&self) -> &Tally {
        &self.shell.tally
    }

    /// Whether the visitor may send anything now. What is refused to a message is refused to a file in the same words.
    pub async fn hears(&self, conversation: &ConversationId) -> Result<(), Refusal> {
        let log = self.store().history(conversation).await?;
        let dialogue = Dialogue::fold(log.iter().map(|event| &event.what));
        match dialogue.shut_out(clock::now()) {
            Some(refused) => Err(refused.into()),
            None => Ok(()),
        }
    }

    /// Tells the conversation's other readers, and the team's thread, that the visitor writes or stopped.
    pub fn visitor_types(&self, site: &SiteId, conversation: &ConversationId, on: bool) {
        let topic = Topic::Conversation(conversation.clone());
        let from = Typist::Visitor;
        self.feed().publish(&topic, Wake::Typing { from, on });
        if on {
            typing::visitor_writes(&self.shell, site, conversation);
        }
    }

    /// How many conversations are in memory.
    pub fn awake(&self) -> usize {
        self.switchboard.awake()
    }

    /// Tries a dead letter again; the conversation's thread is told what comes of it.
    pub async fn retry(&self, letter: &DeadLetter) -> Result<(), Refusal> {
        let order = Order {
            site: letter.site.clone(),
            conversation: letter.conversation.clone(),
            // Each failure has one retry.
            cause: Cause(format!("retry:{}:{}", letter.delivery, letter.at)),
            request: Request::Retry {
                delivery: letter.delivery.clone(),
            },
        };
        self.handle(order).await.map(drop)
    }

    /// Makes the outbox look now, for instance after a dead letter was put back.
    pub fn ring_outbox(&self) {
        self.shell.outbox_bell.notify_one();
    }

    /// Lets the outbox finish what it is sending, takes no more orders, and stops all threads. The store stays
    /// open. Whoever calls this bounds its time: a platform may take long to answer.
    pub async fn stop(&self) {
        let running =
            std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        for task in running.tasks {
            task.abort();
        }
        if let Some((stop, outbox)) = running.outbox {
            stop.send_replace(true);
            outbox.await.ok();
        }
        self.switchboard.stop();
        let Some((system, arbiters, thread)) = running.actors else {
            return;
        };
        let ended = tokio::task::spawn_blocking(move || {
            for arbiter in arbiters {
                arbiter.stop();
            }
            system.stop();
            thread.join()
        });
        if !matches!(ended.await, Ok(Ok(()))) {
            tracing::error!("the actors' thread ended with a panic");
        }
    }
}

fn shell(parts: Parts) -> Shell {
    Shell {
        store: parts.store,
        answerer: parts.answerer,
        bridges: parts.bridges,
        sites: parts.sites,
        learner: parts.learner,
        files: parts.files,
        timing: parts.timing,
        mailbox: parts.mailbox,
        feed: feed::Feed::default(),
        tally: Tally::default(),
        openings: Openings::default(),
        look_backs: LookBacks::default(),
        faces: Faces::default(),
        lobby: Lobby::default(),
        typing: Typing::default(),
        outbox_bell: Notify::new(),
        digest_bell: Notify::new(),
        runtime: tokio::runtime::Handle::current(),
    }
}

/// actix wants a system on a thread of its own; conversations live on its arbiters.
fn start_actors(arbiters: usize) -> (System, Vec<ArbiterHandle>, JoinHandle<()>) {
    let (tell, told) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new()
        .name("actors".into())
        .spawn(move || {
            let system = System::new();
            let made = system.block_on(async move {
                let handles: Vec<_> = (0..arbiters).map(|_| Arbiter::new().handle()).collect();
                (System::current(), handles)
            });
            tell.send(made).expect("the starter waits for this");
            system.run().expect("the system ends when it is stopped");
        })
        .expect("a thread can be made at the start");
    let (system, handles) = told.recv().expect("the thread tells or panics loudly");
    (system, handles, thread)
}

fn start_outbox(
    shell: &Arc<Shell>,
    switchboard: &Arc<Switchboard>,
) -> (watch::Sender<bool>, task::JoinHandle<()>) {
    let outbox = Outbox::new(shell.clone(), switchboard.clone());
    let (stop, stopped) = watch::channel(false);
    let digests = digest::run(shell.clone(), stopped.clone());
    let both = async move {
        tokio::join!(outbox.run(stopped), digests);
    };
    (stop, tokio::spawn(both))
}

fn start_tasks(shell: &Arc<Shell>, switchboard: &Arc<Switchboard>) -> Vec<AbortHandle> {
    let replies = Arc::new(Replies {
        shell: shell.clone(),
        switchboard: switchboard.clone(),
    });
    let alarms = alarms::run(shell.clone(), switchboard.clone());
    let files = files::look_after(shell.files.clone());
    let mut tasks = vec![
        tokio::spawn(alarms).abort_handle(),
        tokio::spawn(files).abort_handle(),
    ];
    for (connection, bridge) in &shell.bridges {
        let listener = listeners::run(connection.clone(), bridge.clone(), replies.clone());
        tasks.push(tokio::spawn(listener).abort_handle());
    }
    tasks
}
