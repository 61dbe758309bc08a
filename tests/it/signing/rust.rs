//! The Rust example of `docs/signing.md`, word for word, so that it is compiled.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::errors::Error;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;

pub fn hinny_token(id: &str, name: &str, email: &str, secret: &str) -> Result<String, Error> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.expect("the clock is past 1970").as_secs();
    let claims = json!({
        "sub": id,
        "name": name,
        "email": email,
        "aud": "shop",
        "iat": now,
        "exp": now + 3600,
    });
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::default(), &claims, &key)
}
