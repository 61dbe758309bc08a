//! Secrets: where they come from, and which of them are none.
//!
//! A `Secret` has no `Display` and its `Debug` shows nothing. Errors name the key in the configuration,
//! never the value.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

/// HS256 keys shorter than its hash weaken it (RFC 7518, 3.2).
pub const MIN_BYTES: usize = 32;

/// Fewer different bytes than this is a pattern and no secret.
const MIN_DISTINCT: usize = 8;

/// The first 8 bytes of the SHA-256 of each published secret of 32 bytes or more, sorted. Made from the list
/// of the repository wallarm/jwt-secrets (MIT); shorter ones are refused for their length already.
const PUBLIC: &[u8] = include_bytes!("public-secrets.bin");

/// Words of documentation and templates. They are compared without case and punctuation.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "placeholder",
    "example",
    "yoursecret",
    "your256bitsecret",
    "yourkey",
    "mysecret",
    "secretkey",
    "supersecret",
    "topsecret",
    "notasecret",
    "password",
    "passw0rd",
    "insertsecret",
    "todo",
    "xxxxxxxx",
    "12345678",
    "abcdefgh",
    "qwerty",
];

/// A value that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[cfg(test)]
    pub fn new(value: String) -> Self {
        Secret(value)
    }

    /// The only way to the value; the name makes each use stand out in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Looks up environment variables; a function, so that tests need no global state.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Takes a secret from where the configuration says. `None` when it names neither place.
pub fn load(
    key: &str,
    env_name: Option<&str>,
    file: Option<PathBuf>,
    env: Env<'_>,
) -> Result<Option<Secret>, String> {
    let (value, place) = match (env_name, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(format!(
                "`{key}_env` and `{key}_file` are both set; choose one"
            ));
        }
        (Some(name), None) => {
            let value = env(name).ok_or_else(|| {
                format!("`{key}_env`: the environment variable {name} is not set")
            })?;
            (value, format!("the environment variable {name}"))
        }
        (None, Some(path)) => {
            let value = std::fs::read_to_string(&path)
                .map_err(|error| format!("`{key}_file`: {}: {error}", path.display()))?;
            (value, path.display().to_string())
        }
    };
    match value.trim() {
        "" => Err(format!("`{key}`: {place} is empty")),
        value => Ok(Some(Secret(value.to_owned()))),
    }
}

/// Why this value cannot sign tokens, if it cannot.
pub fn weakness(secret: &Secret) -> Option<String> {
    let value = secret.expose();
    if value.len() < MIN_BYTES {
        let hint = "make one with `openssl rand -hex 32`";
        return Some(format!(
            "is {} bytes long; it needs at least {MIN_BYTES} ({hint})",
            value.len()
        ));
    }
    if is_placeholder(value) {
        return Some("looks like a placeholder; make one with `openssl rand -hex 32`".to_owned());
    }
    if distinct(value) < MIN_DISTINCT || is_repeated(value) {
        return Some("is a pattern; make one with `openssl rand -hex 32`".to_owned());
    }
    is_public(value).then(|| {
        "is on the list of published secrets; make one with `openssl rand -hex 32`".to_owned()
    })
}

fn is_placeholder(value: &str) -> bool {
    let letters = value.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    PLACEHOLDERS.iter().any(|word| plain.contains(word))
}

fn distinct(value: &str) -> usize {
    let mut seen = [false; 256];
    value
        .bytes()
        .for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// The same piece again and again, to the end.
fn is_repeated(value: &str) -> bool {
    let bytes = value.as_bytes();
    (1..=bytes.len() / 2).any(|length| {
        let piece = &bytes[..length];
        bytes.chunks(length).all(|chunk| piece.starts_with(chunk))
    })
}

fn is_public(value: &str) -> bool {
    let hash = Sha256::digest(value.as_bytes());
    let (known, _) = PUBLIC.as_chunks::<8>();
    known
        .binary_search_by(|entry| entry[..].cmp(&hash[..8]))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weak(value: &str) -> Option<String> {
        weakness(&Secret::new(value.to_owned()))
    }

    #[test]
    fn a_random_secret_is_taken() {
        assert_eq!(weak("f3Qm0x1VbT9kZr7LsYp2WnHd5uGc8eJa"), None);
        assert_eq!(weak("9c1f0b7a4d2e6835aa51c07be94f3d28"), None);
    }

    #[test]
    fn weak_secrets_are_refused_and_not_repeated() {
        for (value, why) in [
            ("f3Qm0x1VbT9kZr7LsYp2WnHd5uGc8eJ", "31 bytes"),
            ("change-me-change-me-now-0192837465", "placeholder"),
            ("Your-256-Bit-Secret-0192837465-abc", "placeholder"),
            ("this is only an Example 0192837465", "placeholder"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "pattern"),
            ("k3Zq9f1Bk3Zq9f1Bk3Zq9f1Bk3Zq9f1B", "pattern"),
            ("01010101110101001010101110101010", "pattern"),
        ] {
            let message = weak(value).unwrap();
            assert!(message.contains(why), "{value}: {message}");
            assert!(!message.contains(value));
        }
    }

    #[test]
    fn a_published_secret_is_refused() {
        let message = weak("r9iMKoe5CRMgvJBBtp4HrqN7QiPpUToj").unwrap();
        assert!(message.contains("published"), "{message}");
    }

    #[test]
    fn every_published_weak_secret_is_refused_with_what_to_do() {
        let corpora = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
        let Ok(list) = std::fs::read(corpora.join("jwt-weak-secrets/jwt.secrets.list")) else {
            println!("skipped: ../shared/corpora is absent");
            return;
        };
        let list = String::from_utf8_lossy(&list).into_owned();
        let mut tried = 0;
        for line in list.lines().filter(|line| !line.trim().is_empty()) {
            let env = |_: &str| Some(line.to_owned());
            let secret = load("identity_secret", Some("X"), None, &env)
                .unwrap()
                .unwrap();
            let told = weakness(&secret).unwrap_or_else(|| panic!("taken: {line}"));
            assert!(told.contains("`openssl rand -hex 32`"), "{told}");
            tried += 1;
        }
        assert!(tried > 100_000, "{tried}");
    }

    #[test]
    fn thirty_two_random_bytes_are_always_taken() {
        for number in 0..5_000_u32 {
            let random = Sha256::digest(number.to_be_bytes());
            let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(weak(&hex), None, "{hex}");
        }
    }

    #[test]
    fn the_list_is_sorted_because_it_is_searched_by_halves() {
        let (known, rest) = PUBLIC.as_chunks::<8>();
        assert!(known.is_sorted() && rest.is_empty() && known.len() > 1_500);
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Secret::new("abc".to_owned())), "Secret(…)");
    }

    #[test]
    fn both_places_none_and_empty_ones_are_told_apart() {
        let env = |name: &str| (name == "SET").then(|| " value\n".to_owned());
        let at = |name| load("token", Some(name), None, &env);
        assert_eq!(at("SET").unwrap().unwrap().expose(), "value");
        assert!(at("UNSET").unwrap_err().contains("UNSET is not set"));
        assert!(load("token", None, None, &env).unwrap().is_none());
        let both = load("token", Some("SET"), Some("f".into()), &env);
        assert!(both.unwrap_err().contains("choose one"));
        let missing = load("token", None, Some("no/such/file".into()), &env);
        assert!(missing.unwrap_err().contains("no/such/file"));
    }
}
