//! Agents' pictures: copied from the platform once, kept by us. A visitor's browser never asks anybody else for them.
//!
//! A picture is never waited for. Who is new has none yet; the lines after it do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hinny_bridges::{ConnectionId, Person};

use crate::ids::SiteId;
use crate::shell::Shell;

/// The largest picture that is copied, in bytes.
const LIMIT: u64 = 512 * 1024;

/// Many people have no picture, or show it to nobody: they are not asked about again before this.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// So many tries are remembered; a team is smaller.
const REMEMBERED: usize = 1_000;

/// When each picture was last asked for.
#[derive(Default)]
pub struct Faces(Mutex<HashMap<String, Instant>>);

impl Faces {
    /// Whether it is time to ask for a picture.
    fn begin(&self, picture: &str, now: Instant) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, at| now.saturating_duration_since(*at) < PATIENCE);
        let is_new = asked.len() < REMEMBERED && !asked.contains_key(picture);
        if is_new {
            asked.insert(picture.to_owned(), now);
        }
        is_new
    }
}

/// The same person with the file of their picture instead of the platform's address of it.
pub async fn with_face(
    shell: &Arc<Shell>,
    site: &SiteId,
    connection: &ConnectionId,
    by: Person,
) -> Person {
    let Some(picture) = by.avatar.clone() else {
        return by;
    };
    let known = match shell.store.face(site, &picture).await {
        Ok(known) => known,
        Err(error) => {
            tracing::warn!(%error, "an agent's picture could not be looked up");
            return Person { avatar: None, ..by };
        }
    };
    if known.is_none() && shell.faces.begin(&picture, Instant::now()) {
        let (shell, site) = (shell.clone(), site.clone());
        let (connection, by) = (connection.clone(), by.clone());
        tokio::spawn(async move {
            copy(&shell, &site, &connection, &by, &picture).await;
        });
    }
    Person {
        avatar: known.map(|file| file.0),
        ..by
    }
}

/// Whatever goes wrong, a later line of theirs tries again.
async fn copy(shell: &Shell, site: &SiteId, connection: &ConnectionId, by: &Person, picture: &str) {
    let Some(bridge) = shell.bridges.get(connection) else {
        return;
    };
    let bytes = match bridge.face(by, LIMIT).await {
        Ok(bytes) => bytes,
        Err(error) => return tracing::debug!(%error, "an agent's picture could not be fetched"),
    };
    let file = match shell.files.keep_picture(site, bytes.into()).await {
        Ok(file) => file,
        Err(error) => return tracing::debug!(%error, "an agent's picture is not taken"),
    };
    if let Err(error) = shell.store.add_face(site, picture, &file.id).await {
        tracing::warn!(%error, "an agent's picture could not be noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_picture_is_asked_about_once_an_hour() {
        let (faces, now) = (Faces::default(), Instant::now());
        assert!(faces.begin("photo:1", now));
        assert!(faces.begin("photo:2", now));
        assert!(!faces.begin("photo:1", now + PATIENCE / 2));
        assert!(faces.begin("photo:1", now + PATIENCE));
    }
}
