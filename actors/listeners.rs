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
    shell.link_is(&connection, Link::Up);
    // What waits already is older than all that comes.
    while let Err(error) = replies.resume(&connection).await {
        tracing::error!(%error, "what waits in threads could not be read");
        tokio::time::sleep(shell.timing.retry_first).await;
    }
    loop {
        let started = tokio::time::Instant::now();
        let look_back = shell.look_backs.asked(&connection);
        let error = tokio::select! {
            error = listen(&shell, &connection, bridge.as_ref(), &replies) => error,
            // Every start begins with a look at what was missed, and nothing is confirmed before it is stored.
            () = look_back => continue,
        };
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

/// One try. A credential that is refused is refused at once, so who listens for a moment is let in.
async fn listen(
    shell: &Shell,
    connection: &ConnectionId,
    bridge: &dyn Bridge,
    replies: &Replies,
) -> SendError {
    let mut listening = bridge.listen(replies);
    match tokio::time::timeout(shell.timing.retry_first, &mut listening).await {
        Ok(error) => error,
        Err(_) => {
            shell.link_is(connection, Link::Up);
            listening.await
        }
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
            shell.link_is(connection, Link::Stopped(why));
        }
        _ => {
            tracing::warn!(
                bridge.connection = connection.0,
                error = why,
                "a listener ended and will be started again"
            );
            shell.link_is(connection, Link::Down(why));
        }
    }
}
