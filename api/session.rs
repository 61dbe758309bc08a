//! Session tokens: how a browser comes back as the same visitor. Signed with a key of this server that lives
//! in the data folder, and backed by a row, so that each can be revoked.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use hinny_actors::ids::{Millis, SessionId};
use serde::{Deserialize, Serialize};

use crate::identity::{decode, encode};

const FILE: &str = "session.key";
const KEY_BYTES: usize = 32;

/// What this server signs, so that no other token of ours could ever pass for a session.
const KIND: &str = "hinny-session";

/// Signs and reads session tokens.
pub struct Sessions {
    key: Vec<u8>,
    valid: Duration,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    kind: String,
    sid: String,
    site: String,
    exp: i64,
}

impl Sessions {
    /// Reads the key from the data folder, or makes one that only the owner of the folder can read.
    pub fn open(data: &Path, valid: Duration) -> std::io::Result<Sessions> {
        let file = data.join(FILE);
        let key = match std::fs::read(&file) {
            Ok(key) if key.len() == KEY_BYTES => key,
            Ok(_) => {
                return Err(std::io::Error::other(
                    "session.key is damaged; delete it to start anew",
                ));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(&file)?,
            Err(error) => return Err(error),
        };
        Ok(Sessions { key, valid })
    }

    /// A token for a session, good from `now` on. Every visit gets a new one.
    pub fn issue(&self, session: &SessionId, site: &str, now: Millis) -> String {
        let claims = Claims {
            kind: KIND.to_owned(),
            sid: session.as_str().to_owned(),
            site: site.to_owned(),
            exp: now / 1000 + self.valid.as_secs() as i64,
        };
        encode(&claims, &self.key)
    }

    /// The session behind a token and its site. Whether it still counts is for the store to say.
    pub fn read(&self, token: &str, now: Millis) -> Option<(SessionId, String)> {
        let claims: Claims = decode(token, &self.key).ok()?;
        let good = claims.kind == KIND && claims.exp > now / 1000;
        good.then_some((SessionId(claims.sid), claims.site))
    }
}

/// Written aside and renamed: a crash leaves a whole key or none.
fn make_key(file: &Path) -> std::io::Result<Vec<u8>> {
    let key = nanoid::rngs::default(KEY_BYTES);
    let aside = file.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut out = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&aside)?;
    out.write_all(&key)?;
    out.sync_all()?;
    std::fs::rename(&aside, file)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const NOW: Millis = 1_795_334_400_000;
    const HOUR: Duration = Duration::from_secs(3_600);

    fn sessions(data: &Path) -> Sessions {
        Sessions::open(data, HOUR).unwrap()
    }

    #[test]
    fn a_token_survives_a_restart_and_ends_in_time() {
        let data = tempfile::tempdir().unwrap();
        let token = sessions(data.path()).issue(&"s1".into(), "shop", NOW);
        let again = sessions(data.path());
        let expected = Some((SessionId::from("s1"), "shop".to_owned()));
        assert_eq!(again.read(&token, NOW + 3_599_000), expected);
        assert_eq!(again.read(&token, NOW + 3_600_000), None);
    }

    #[test]
    fn tokens_of_other_keys_and_kinds_are_nothing() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (a, b) = (sessions(a.path()), sessions(b.path()));
        let token = a.issue(&"s1".into(), "shop", NOW);
        assert!(b.read(&token, NOW).is_none());
        assert!(a.read("", NOW).is_none() && a.read("a.b.c", NOW).is_none());
        for claims in [
            serde_json::json!({ "kind": "other", "sid": "s1", "site": "shop", "exp": NOW }),
            serde_json::json!({ "sid": "s1", "site": "shop", "exp": NOW }),
            serde_json::json!({ "kind": KIND, "sid": "s1", "site": "shop", "exp": NOW, "role": "agent" }),
        ] {
            assert!(a.read(&encode(&claims, &a.key), NOW).is_none(), "{claims}");
        }
    }

    #[test]
    fn the_key_is_the_owners_alone_and_damage_is_told() {
        let data = tempfile::tempdir().unwrap();
        sessions(data.path());
        let file = data.path().join(FILE);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&file, "short").unwrap();
        assert!(Sessions::open(data.path(), HOUR).is_err());
    }
}
