//! `Conversation`: the actor, a shell around `Core` that gives it order and a life.
//!
//! Accepts `Order`s, one at a time, each to its end before the next. It holds no socket and waits for nothing
//! but the disk. When nobody talks to it for a while it stops, and the switchboard brings it back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, AtomicResponse, Context, Handler, Message,
    WrapFuture,
};

use crate::core::Core;
use crate::ids::Cause;
use crate::order::{Order, Refusal};
use crate::store::Receipt;

impl Message for Order {
    type Result = Result<Receipt, Refusal>;
}

/// What the switchboard can tell of an actor that does not answer any more.
#[derive(Default)]
pub struct Vitals {
    /// It stopped by itself because it was idle.
    retired: AtomicBool,
    /// The order it is working on. Still set after a panic: that is the guilty one.
    working_on: Mutex<Option<Cause>>,
}

impl Vitals {
    pub fn has_retired(&self) -> bool {
        self.retired.load(Ordering::Acquire)
    }

    pub fn died_of(&self, cause: &Cause) -> bool {
        self.working_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            == Some(cause)
    }

    fn work_on(&self, cause: Option<Cause>) {
        *self
            .working_on
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = cause;
    }
}

pub struct Conversation {
    /// `None` only while an order is being handled.
    core: Option<Core>,
    vitals: Arc<Vitals>,
    last_order: Instant,
    idle: Duration,
    mailbox: usize,
    /// Tells the switchboard that this actor is gone.
    on_stop: Box<dyn Fn() + Send>,
}

impl Conversation {
    pub fn new(
        core: Core,
        vitals: Arc<Vitals>,
        idle: Duration,
        mailbox: usize,
        on_stop: Box<dyn Fn() + Send>,
    ) -> Self {
        Conversation {
            core: Some(core),
            vitals,
            last_order: Instant::now(),
            idle,
            mailbox,
            on_stop,
        }
    }

    fn retire_if_idle(&mut self, ctx: &mut Context<Self>) {
        let quiet = self.last_order.elapsed() >= self.idle;
        let settled = self.core.as_ref().is_some_and(|core| !core.is_waiting());
        if quiet && settled {
            self.vitals.retired.store(true, Ordering::Release);
            ctx.stop();
        }
    }
}

impl Actor for Conversation {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.mailbox);
        ctx.run_interval(self.idle, Self::retire_if_idle);
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        (self.on_stop)();
    }
}

impl Handler<Order> for Conversation {
    type Result = AtomicResponse<Self, Result<Receipt, Refusal>>;

    fn handle(&mut self, order: Order, _: &mut Self::Context) -> Self::Result {
        self.vitals.work_on(Some(order.cause.clone()));
        let mut core = self.core.take().expect("orders are handled one at a time");
        let work = async move {
            let result = core.handle(&order).await;
            (core, result)
        };
        AtomicResponse::new(Box::pin(work.into_actor(self).map(
            |(core, result), actor: &mut Self, _| {
                actor.core = Some(core);
                actor.vitals.work_on(None);
                actor.last_order = Instant::now();
                result
            },
        )))
    }
}
