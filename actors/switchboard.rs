//! `Switchboard`: finds a conversation's actor, or wakes it, and carries orders to it.
//!
//! An actor may be gone at any time: it retired, or it panicked. Whoever sends an order notices neither. An order
//! that makes its actor panic is tried once more; the second time it is parked and a person is fetched.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix::{Actor, Addr, ArbiterHandle, MailboxError};

use hinny_bridges::{PostId, Thread};

use crate::clock;
use crate::conversation::{Conversation, Vitals};
use crate::core::Core;
use crate::ids::{Cause, ConversationId};
use crate::order::{Order, Refusal, Request};
use crate::shell::Shell;
use crate::store::{Parked, Receipt};

/// How often an order may meet an actor that is just going, through no fault of its own.
const MEETINGS: usize = 50;

pub struct Switchboard {
    shell: Arc<Shell>,
    arbiters: Vec<ArbiterHandle>,
    lines: Mutex<HashMap<ConversationId, Line>>,
    stopping: AtomicBool,
}

/// A living actor, as far as we know.
#[derive(Clone)]
struct Line {
    addr: Addr<Conversation>,
    vitals: Arc<Vitals>,
}

/// How one try to carry an order ended.
enum Outcome {
    Done(Result<Receipt, Refusal>),
    /// The actor was gone; this order had no part in it.
    Gone,
    /// The actor died of this very order.
    Panicked,
}

impl Switchboard {
    pub fn new(shell: Arc<Shell>, arbiters: Vec<ArbiterHandle>) -> Arc<Self> {
        Arc::new(Switchboard {
            shell,
            arbiters,
            lines: Mutex::default(),
            stopping: AtomicBool::new(false),
        })
    }

    /// Carries out an order. `Ok` means that it is on disk.
    pub async fn handle(self: &Arc<Self>, order: Order) -> Result<Receipt, Refusal> {
        let mut panics = 0;
        for _ in 0..MEETINGS {
            if self.stopping.load(Ordering::Acquire) {
                return Err(Refusal::Stopping);
            }
            match self.try_once(&order).await {
                Outcome::Done(result) => return result,
                Outcome::Gone => {}
                Outcome::Panicked => {
                    panics += 1;
                    self.shell.tally.panics.add(1);
                }
            }
            if panics == 2 {
                return self.park(&order).await;
            }
        }
        Err(Refusal::Busy)
    }

    async fn try_once(self: &Arc<Self>, order: &Order) -> Outcome {
        let line = self.line(order);
        let within = self.shell.timing.order_within;
        match tokio::time::timeout(within, line.addr.send(order.clone())).await {
            Err(_) => Outcome::Done(Err(Refusal::Busy)),
            Ok(Ok(result)) => Outcome::Done(result),
            Ok(Err(MailboxError::Timeout)) => Outcome::Done(Err(Refusal::Busy)),
            Ok(Err(MailboxError::Closed)) => {
                self.forget(&order.conversation, &line.vitals);
                match !line.vitals.has_retired() && line.vitals.died_of(&order.cause) {
                    true => Outcome::Panicked,
                    false => Outcome::Gone,
                }
            }
        }
    }

    fn line(self: &Arc<Self>, order: &Order) -> Line {
        let mut lines = lock(&self.lines);
        match lines.get(&order.conversation) {
            Some(line) if line.addr.connected() => line.clone(),
            _ => {
                let line = self.wake(order);
                lines.insert(order.conversation.clone(), line.clone());
                line
            }
        }
    }

    fn wake(self: &Arc<Self>, order: &Order) -> Line {
        let vitals = Arc::new(Vitals::default());
        let core = Core::new(
            order.conversation.clone(),
            order.site.clone(),
            self.shell.clone(),
            Arc::downgrade(self),
        );
        let (board, id, seen) = (
            Arc::downgrade(self),
            order.conversation.clone(),
            vitals.clone(),
        );
        let on_stop = move || {
            if let Some(board) = board.upgrade() {
                board.forget(&id, &seen);
            }
        };
        let (idle, mailbox) = (self.shell.timing.idle, self.shell.mailbox);
        let conversation =
            Conversation::new(core, vitals.clone(), idle, mailbox, Box::new(on_stop));
        self.shell.tally.woken.add(1);
        let arbiter = self.arbiter(&order.conversation);
        Line {
            addr: Conversation::start_in_arbiter(arbiter, |_| conversation),
            vitals,
        }
    }

    fn arbiter(&self, conversation: &ConversationId) -> &ArbiterHandle {
        let mut hasher = DefaultHasher::new();
        conversation.hash(&mut hasher);
        &self.arbiters[hasher.finish() as usize % self.arbiters.len()]
    }

    /// Takes an actor off the board, unless another has taken its place already.
    fn forget(&self, conversation: &ConversationId, vitals: &Arc<Vitals>) {
        let mut lines = lock(&self.lines);
        if lines
            .get(conversation)
            .is_some_and(|line| Arc::ptr_eq(&line.vitals, vitals))
        {
            lines.remove(conversation);
            if vitals.has_retired() {
                self.shell.tally.passivated.add(1);
            }
        }
    }

    /// Keeps the order as a dead letter, fetches a person, and tells the operator.
    async fn park(self: &Arc<Self>, order: &Order) -> Result<Receipt, Refusal> {
        self.shell.tally.parked.add(1);
        let what = order.request.name();
        tracing::error!(conversation.id = %order.conversation, what, "an order was parked: handling it panicked twice");
        self.shell.store.park(&parked(order)).await?;
        if !matches!(order.request, Request::HandOver { .. }) {
            let over = Order {
                cause: Cause::parked(&order.cause),
                request: Request::HandOver {
                    written: written(&order.request),
                },
                ..order.clone()
            };
            Box::pin(self.handle(over)).await?;
        }
        Err(Refusal::Parked)
    }

    /// How many conversations are in memory.
    pub fn awake(&self) -> usize {
        lock(&self.lines).len()
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Takes no more orders. Those under way come to their end.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }
}

/// The member's own message that a request brought.
fn written(request: &Request) -> Option<(Thread, PostId)> {
    match request {
        Request::Reply {
            said,
            via: Some(thread),
            ..
        } => Some((thread.clone(), said.post.clone()?)),
        _ => None,
    }
}

fn parked(order: &Order) -> Parked {
    Parked {
        site: order.site.clone(),
        conversation: order.conversation.clone(),
        cause: order.cause.clone(),
        what: order.request.name().to_owned(),
        at: clock::now(),
    }
}

/// The map is whole after every statement, so a panic elsewhere cannot have broken it.
fn lock(
    lines: &Mutex<HashMap<ConversationId, Line>>,
) -> MutexGuard<'_, HashMap<ConversationId, Line>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}
