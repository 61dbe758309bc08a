//! What the stories are written with: the real binary, a visitor on a real socket, an agent at the desk.
//!
//! Everything here speaks only what is public: the command line, the wire protocol, the desk's interface.

#![allow(dead_code, reason = "each test target uses its own part")]

pub mod desk;
pub mod files;
pub mod http;
pub mod server;
pub mod visitor;

use std::future::Future;
use std::time::Duration;

/// No observation in a story may take longer than this, on a busy machine either.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Waits until `look` sees something. The pause between two looks is no timing assumption, only politeness.
pub async fn eventually<T, F>(what: &str, look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    within(DEADLINE, what, look).await
}

/// The same for what takes longer than usual.
pub async fn within<T, F>(deadline: Duration, what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let found = tokio::time::timeout(deadline, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    match found.await {
        Ok(found) => found,
        Err(_) => panic!("never seen within {deadline:?}: {what}"),
    }
}
