//! Session tokens: how a browser comes back as the same visitor. Signed with a key of this server that lives
//! in the data folder, and backed by a row, so that each can be revoked.

use std::path::Path;
use std::time::Duration;

use hinny_actors::ids::{Millis, SessionId};
use serde::{Deserialize, Serialize};

use crate::identity::{decode, encode};
use crate::key;

const FILE: &str = "session.key";

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
    /// Until when the identity was good with which this was got, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proved: Option<i64>,
}

/// What a token of ours says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    pub session: SessionId,
    pub site: String,
    /// Until when the visitor has proved who they are.
    pub proved: Option<Millis>,
}

impl Sessions {
    /// Reads the key from the data folder, or makes one that only the owner of the folder can read.
    pub fn open(data: &Path, valid: Duration) -> std::io::Result<Sessions> {
        let key = key::open(data, FILE)?;
        Ok(Sessions { key, valid })
    }

    /// A token good from `now` on. Every visit gets a new one.
    pub fn issue(&self, pass: &Pass, now: Millis) -> String {
        let claims = Claims {
            kind: KIND.to_owned(),
            sid: pass.session.as_str().to_owned(),
            site: pass.site.clone(),
            proved: pass.proved.map(|until| until / 1000),
            exp: now / 1000 + self.valid.as_secs() as i64,
        };
        encode(&claims, &self.key)
    }

    /// What a token says. Whether its session still counts is for the store to say.
    pub fn read(&self, token: &str, now: Millis) -> Option<Pass> {
        let claims: Claims = decode(token, &self.key).ok()?;
        let good = claims.kind == KIND && claims.exp > now / 1000;
        good.then(|| Pass {
            session: SessionId(claims.sid),
            site: claims.site,
            proved: claims.proved.map(|until| until.saturating_mul(1000)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_334_400_000;
    const HOUR: Duration = Duration::from_secs(3_600);

    fn sessions(data: &Path) -> Sessions {
        Sessions::open(data, HOUR).unwrap()
    }

    fn pass(proved: Option<Millis>) -> Pass {
        Pass {
            session: "s1".into(),
            site: "shop".to_owned(),
            proved,
        }
    }

    #[test]
    fn a_token_survives_a_restart_and_ends_in_time() {
        let data = tempfile::tempdir().unwrap();
        let pass = pass(Some(NOW + 1000));
        let token = sessions(data.path()).issue(&pass, NOW);
        let again = sessions(data.path());
        let expected = Some(pass);
        assert_eq!(again.read(&token, NOW + 3_599_000), expected);
        assert_eq!(again.read(&token, NOW + 3_600_000), None);
    }

    #[test]
    fn tokens_of_other_keys_and_kinds_are_nothing() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (a, b) = (sessions(a.path()), sessions(b.path()));
        let token = a.issue(&pass(None), NOW);
        assert_eq!(a.read(&token, NOW), Some(pass(None)));
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
}
