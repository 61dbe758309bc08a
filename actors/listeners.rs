//! Brings replies in: one listener per connection, restarted with patience when it ends.

use std::sync::Arc;

use async_trait::async_trait;
use hinny_bridges::{
    Bridge, ConnectionId, Happened, Inbound, Inbox, NotStored, Origin, Said, SendError,
};

use crate::ids::Cause;
use crate::order::{Order, Pointer, Refusal, Request, TeamSaid};
use crate::retry;
use crate::shell::Shell;
use crate::switchboard::Switchboard;
use crate::tally::Link;

/// Puts what comes from the platforms into the conversations.
pub struct Replies {
    pub shell: Arc<Shell>,
    pub switchboard: Arc<Switchboard>,
}

#[async_trait]
impl Inbox for Replies {
    async fn receive(&self, inbound: Inbound) -> Result<(), NotStored> {
        let Origin::Thread(thread) = &inbound.origin else {
            return Ok(());
        };
        let owner = self.shell.store.owner_of(thread).await;
        let Some((site, conversation)) = owner.map_err(not_stored)? else {
            // A thread that people made themselves, or of another server.
            return Ok(());
        };
        let Happened::Said(Said {
            post,
            text,
            quotes,
            aside,
            ..
        }) = inbound.what
        else {
            return Ok(());
        };
        let order = Order {
            site,
            conversation,
            cause: Cause::platform(&inbound.connection.0, &inbound.event_id),
            request: Request::Reply {
                by: inbound.agent,
                said: TeamSaid {
                    text,
                    files: Vec::new(),
                    quotes: quotes.map(Pointer::Post),
                    aside,
                    post: Some(post),
                    refused: Vec::new(),
                },
                via: Some(thread.clone()),
            },
        };
        match self.switchboard.handle(order).await {
            // A parked line is kept as a dead letter: fetching it again would not help.
            Ok(_) | Err(Refusal::Parked) => Ok(()),
            Err(refusal) => Err(not_stored(refusal)),
        }
    }
}

/// Runs one connection's listener until it is dropped.
pub async fn run(connection: ConnectionId, bridge: Arc<dyn Bridge>, replies: Arc<Replies>) {
    let shell = replies.shell.clone();
    let mut failures = 0;
    loop {
        shell.tally.set_link(&connection, Link::Up);
        let started = tokio::time::Instant::now();
        let error = bridge.listen(replies.as_ref()).await;
        // A listener that held for a while has earned a fresh start.
        failures = match started.elapsed() > shell.timing.retry_max {
            true => 0,
            false => failures + 1,
        };
        note(&shell, &connection, &error);
        let pause = match error {
            SendError::RateLimited { retry_after } => retry_after,
            SendError::Unauthorized(_) => shell.timing.retry_max,
            _ => retry::pause(&shell.timing, failures),
        };
        tokio::time::sleep(pause).await;
    }
}

fn note(shell: &Shell, connection: &ConnectionId, error: &SendError) {
    let why = error.to_string();
    match error {
        SendError::Unauthorized(_) => {
            tracing::error!(
                bridge.connection = connection.0,
                error = why,
                "a connection was refused; check its token"
            );
            shell.tally.set_link(connection, Link::Stopped(why));
        }
        _ => {
            tracing::warn!(
                bridge.connection = connection.0,
                error = why,
                "a listener ended and will be started again"
            );
            shell.tally.set_link(connection, Link::Down(why));
        }
    }
}

fn not_stored(error: impl std::fmt::Display) -> NotStored {
    NotStored(error.to_string())
}
