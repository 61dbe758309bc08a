//! Whether a site's visitors may prove who they are, and the keys that its own server signs with.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;

use super::raw::RawSite;
use super::secret::{self, Env, Secret};

/// The longest name of a key; it stands in every token.
const MAX_ID: usize = 64;

/// Whether visitors may or must prove who they are.
#[derive(Clone, Debug, PartialEq)]
pub enum Identity {
    Off,
    Optional(Keys),
    Required(Keys),
}

/// The secrets of a site: one without a name, and those that a token's `kid` selects from.
#[derive(Clone, Debug, PartialEq)]
pub struct Keys {
    plain: Option<Secret>,
    named: Vec<(String, Secret)>,
}

/// Why no key of the site is meant by a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoKey {
    /// It names none, and there are several.
    Unnamed,
    /// There is none of that name.
    Unknown,
}

/// An entry of `identity_keys`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawKey {
    id: String,
    #[serde(default)]
    secret_env: Option<String>,
    #[serde(default)]
    secret_file: Option<String>,
}

impl Identity {
    pub fn keys(&self) -> Option<&Keys> {
        match self {
            Identity::Off => None,
            Identity::Optional(keys) | Identity::Required(keys) => Some(keys),
        }
    }

    pub fn is_required(&self) -> bool {
        matches!(self, Identity::Required(_))
    }
}

impl Keys {
    #[cfg(test)]
    pub fn new(plain: Option<Secret>, named: Vec<(String, Secret)>) -> Self {
        Keys { plain, named }
    }

    /// The key for a token with this `kid`. A site without a list has one secret, whatever a token calls it.
    pub fn select(&self, kid: Option<&str>) -> Result<&Secret, NoKey> {
        match (kid, self.named.as_slice(), &self.plain) {
            (_, [], Some(secret)) | (None, _, Some(secret)) => Ok(secret),
            (None, [(_, only)], None) => Ok(only),
            (None, _, None) => Err(NoKey::Unnamed),
            (Some(kid), named, _) => named
                .iter()
                .find(|(id, _)| id == kid)
                .map(|(_, secret)| secret)
                .ok_or(NoKey::Unknown),
        }
    }

    /// What new tokens are signed with: the first of the list, or the secret without a name.
    pub fn newest(&self) -> Option<&str> {
        self.named.first().map(|(id, _)| id.as_str())
    }
}

/// Checks what a site says of identity.
pub(super) fn check(raw: &RawSite, base: &Path, env: Env<'_>) -> Result<Identity, String> {
    let key = "identity_secret";
    let file = raw.identity_secret_file.as_deref();
    let plain = strong(key, raw.identity_secret_env.as_deref(), file, base, env)?;
    let keys = Keys {
        plain,
        named: named(&raw.identity_keys, base, env)?,
    };
    keys.differ()?;
    let given = keys.plain.is_some() || !keys.named.is_empty();
    match (raw.identity.as_deref(), given) {
        (None, false) | (Some("off"), _) => Ok(Identity::Off),
        (None | Some("optional"), true) => Ok(Identity::Optional(keys)),
        (Some("required"), true) => Ok(Identity::Required(keys)),
        (Some(mode @ ("optional" | "required")), false) => Err(format!(
            "`identity` = \"{mode}\" needs `{key}_env`, `{key}_file` or `identity_keys`"
        )),
        (Some(other), _) => Err(format!(
            "`identity` = \"{other}\": it is \"off\", \"optional\" or \"required\""
        )),
    }
}

/// A secret that may sign tokens.
fn strong(
    key: &str,
    env_name: Option<&str>,
    file: Option<&str>,
    base: &Path,
    env: Env<'_>,
) -> Result<Option<Secret>, String> {
    let file = file.map(|file| base.join(file));
    let secret = secret::load(key, env_name, file, env)?;
    match secret.as_ref().and_then(secret::weakness) {
        Some(weakness) => Err(format!("`{key}` {weakness}")),
        None => Ok(secret),
    }
}

fn named(raw: &[RawKey], base: &Path, env: Env<'_>) -> Result<Vec<(String, Secret)>, String> {
    let mut ids = HashSet::new();
    let one = |raw: &RawKey| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(1..=MAX_ID).contains(&raw.id.len()) || !raw.id.bytes().all(letter) {
            return Err(format!(
                "`identity_keys`: an `id` is 1 to {MAX_ID} of A-Z, a-z, 0-9, -, _ and ."
            ));
        }
        if !ids.insert(raw.id.clone()) {
            return Err(format!("`identity_keys`: `{}` is there twice", raw.id));
        }
        let within = |what: String| format!("`identity_keys`, `{}`: {what}", raw.id);
        let (env_name, file) = (raw.secret_env.as_deref(), raw.secret_file.as_deref());
        let secret = strong("secret", env_name, file, base, env).map_err(within)?;
        let secret =
            secret.ok_or_else(|| within("it needs `secret_env` or `secret_file`".to_owned()))?;
        Ok((raw.id.clone(), secret))
    };
    raw.iter().map(one).collect()
}

impl Keys {
    /// Two names for one secret are no rotation: whoever takes one of them away has changed nothing.
    fn differ(&self) -> Result<(), String> {
        let all = self
            .plain
            .iter()
            .chain(self.named.iter().map(|(_, secret)| secret));
        let mut seen = HashSet::new();
        let mut all = all.map(Secret::expose);
        match all.all(|secret| seen.insert(secret)) {
            true => Ok(()),
            false => Err("two identity keys are the same secret".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn keys(plain: Option<&str>, named: &[(&str, &str)]) -> Keys {
        let named = named
            .iter()
            .map(|(id, text)| ((*id).to_owned(), secret(text)));
        Keys::new(plain.map(secret), named.collect())
    }

    #[test]
    fn a_kid_selects_from_the_list() {
        let unnamed = keys(Some("old"), &[]);
        assert_eq!(unnamed.select(None), Ok(&secret("old")));
        assert_eq!(unnamed.select(Some("any")), Ok(&secret("old")));
        let one = keys(None, &[("a", "1")]);
        assert_eq!(one.select(None), Ok(&secret("1")));
        assert_eq!(one.select(Some("a")), Ok(&secret("1")));
        assert_eq!(one.select(Some("A")), Err(NoKey::Unknown));
        assert_eq!(one.select(Some("")), Err(NoKey::Unknown));
        let two = keys(None, &[("b", "2"), ("a", "1")]);
        assert_eq!(two.select(Some("a")), Ok(&secret("1")));
        assert_eq!(two.select(None), Err(NoKey::Unnamed));
        assert_eq!(two.newest(), Some("b"));
        let both = keys(Some("old"), &[("a", "1")]);
        assert_eq!(both.select(None), Ok(&secret("old")));
        assert_eq!(both.select(Some("b")), Err(NoKey::Unknown));
    }
}
