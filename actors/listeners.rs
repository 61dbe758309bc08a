//! Keeps one listener per connection alive, restarted with patience when it ends.

use std::sync::Arc;

use hinny_bridges::{Bridge, ConnectionId, SendError};

use crate::inbound::Replies;
use crate::retry;
use crate::shell::Shell;
use crate::tally::Link;

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
