//! Files that members send: fetched from the platform at once, because its links die, looked at, and kept by us.

use hinny_bridges::{Bridge, ConnectionId, FetchError, RemoteFile};

use crate::body::FileRef;
use crate::ids::SiteId;
use crate::retry;
use crate::shell::Shell;

/// Files of one message; more are refused.
pub const MOST: usize = 5;

/// How often a file is asked for when the platform does not answer.
const TRIES: u32 = 3;

/// What became of a message's files.
#[derive(Debug, Default)]
pub struct Taken {
    pub kept: Vec<FileRef>,
    /// A sentence for each one that the visitor does not get.
    pub refused: Vec<String>,
}

/// Takes what can be taken; the words of the message go in any case.
pub async fn take(
    shell: &Shell,
    site: &SiteId,
    connection: &ConnectionId,
    files: &[RemoteFile],
) -> Taken {
    let mut taken = Taken::default();
    let Some(bridge) = shell.bridges.get(connection) else {
        return taken;
    };
    for (index, file) in files.iter().enumerate() {
        let one = match index < MOST {
            true => one(shell, site, bridge.as_ref(), file).await,
            false => Err(format!("A message has at most {MOST} files.")),
        };
        match one {
            Ok(kept) => taken.kept.push(kept),
            Err(why) => taken.refused.push(format!("{}: {why}", file.name)),
        }
    }
    taken
}

async fn one(
    shell: &Shell,
    site: &SiteId,
    bridge: &dyn Bridge,
    file: &RemoteFile,
) -> Result<FileRef, String> {
    let limit = shell.files.limit();
    let mut failures = 0;
    let bytes = loop {
        match bridge.fetch(file, limit).await {
            Ok(bytes) => break bytes,
            Err(FetchError::Unreachable(_)) if failures + 1 < TRIES => {
                failures += 1;
                tokio::time::sleep(retry::pause(&shell.timing, failures)).await;
            }
            Err(FetchError::TooLarge) => return Err("It is too large.".to_owned()),
            Err(error @ (FetchError::Gone(_) | FetchError::Unreachable(_))) => {
                tracing::warn!(%error, "a member's file could not be fetched");
                return Err("It could not be fetched. Please send it again.".to_owned());
            }
        }
    };
    let kept = shell.files.keep(site, &file.name, bytes.into()).await;
    kept.map_err(|refused| refused.to_string())
}
