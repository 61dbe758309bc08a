//! Identity: a visitor proves who they are by a token that the site's own server signed.
//!
//! HS256 and nothing else. jsonwebtoken checks the signature; the claims are checked here, against a clock
//! that is an argument, so that every border has a test.

use std::collections::BTreeMap;

use hinny_actors::body::Profile;
use hinny_actors::ids::Millis;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::secret::Secret;

const MAX_TOKEN: usize = 4 * 1024;
const MAX_SUBJECT: usize = 255;
const MAX_NAME: usize = 200;
const MAX_ATTRIBUTES: usize = 20;

/// Clocks of two servers may differ by this many seconds.
const LEEWAY: i64 = 60;

/// A token may be good for at most a day, so that a stolen one is soon worth nothing.
const MAX_AHEAD: i64 = 24 * 60 * 60;

/// Why a token proves nothing. The words go to the client; they help its author and show no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("the token is longer than 4 KiB")]
    TooLong,
    #[error("the token is not signed with HS256")]
    Algorithm,
    #[error("the token is malformed or its signature is wrong")]
    Signature,
    #[error("the claims must be a JSON object with `sub` (text) and `exp` (a number)")]
    Claims,
    #[error("`sub` must have 1 to 255 characters")]
    Subject,
    #[error("the token has expired")]
    Expired,
    #[error("`exp` is more than 24 hours ahead")]
    TooFarAhead,
    #[error("the token is not valid yet (`nbf` or `iat` lies ahead)")]
    NotYet,
    #[error("`aud` names another site")]
    Audience,
}

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    aud: Option<Audience>,
    name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Who a token says its bearer is, if `site`'s secret signed it and it holds at `now`.
pub fn verify(
    token: &str,
    secret: &Secret,
    site: &str,
    now: Millis,
) -> Result<Profile, IdentityError> {
    let claims: Claims = decode(token, secret.expose().as_bytes())?;
    check_times(&claims, now / 1000)?;
    if claims.sub.is_empty() || claims.sub.chars().count() > MAX_SUBJECT {
        return Err(IdentityError::Subject);
    }
    match &claims.aud {
        Some(Audience::One(one)) if one != site => return Err(IdentityError::Audience),
        Some(Audience::Many(many)) if !many.iter().any(|one| one == site) => {
            return Err(IdentityError::Audience);
        }
        _ => {}
    }
    Ok(Profile {
        subject: claims.sub,
        name: tidy(claims.name),
        email: tidy(claims.email),
        attributes: attributes(claims.attributes),
    })
}

/// A token as the site's own server would sign it, for trying things out.
pub fn sign(profile: &Profile, site: &str, until: Millis, secret: &Secret) -> String {
    let claims = json!({
        "sub": profile.subject,
        "exp": until / 1000,
        "aud": site,
        "name": profile.name,
        "email": profile.email,
        "attributes": profile.attributes,
    });
    encode(&claims, secret.expose().as_bytes())
}

/// Signature and form; what the claims say is the caller's to check.
pub(crate) fn decode<T: serde::de::DeserializeOwned>(
    token: &str,
    key: &[u8],
) -> Result<T, IdentityError> {
    if token.len() > MAX_TOKEN {
        return Err(IdentityError::TooLong);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| IdentityError::Signature)?;
    if header.alg != Algorithm::HS256 {
        return Err(IdentityError::Algorithm);
    }
    // These ask for something that is not done here; ignoring them would be a mistake (RFC 7515, 4.1.11).
    if header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
        return Err(IdentityError::Algorithm);
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(key);
    let decoded = jsonwebtoken::decode(token, &key, &validation);
    decoded
        .map(|data| data.claims)
        .map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::Json(_) => IdentityError::Claims,
            _ => IdentityError::Signature,
        })
}

pub(crate) fn encode<T: Serialize>(claims: &T, key: &[u8]) -> String {
    jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        claims,
        &EncodingKey::from_secret(key),
    )
    .expect("HMAC takes any key, and the claims have string keys")
}

fn check_times(claims: &Claims, now: i64) -> Result<(), IdentityError> {
    let seconds = |time: f64| time as i64;
    let exp = seconds(claims.exp);
    let ahead = |time: Option<f64>| time.is_some_and(|time| seconds(time) > now + LEEWAY);
    if exp.saturating_add(LEEWAY) < now {
        return Err(IdentityError::Expired);
    }
    if exp > now + MAX_AHEAD + LEEWAY {
        return Err(IdentityError::TooFarAhead);
    }
    match ahead(claims.nbf) || ahead(claims.iat) {
        true => Err(IdentityError::NotYet),
        false => Ok(()),
    }
}

/// The first few short ones, in the order of their names; lists and objects are nothing to show.
fn attributes(claimed: BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let short = claimed.into_iter().filter_map(|(name, value)| {
        let value = match value {
            Value::String(text) => text,
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        Some((tidy(Some(name))?, tidy(Some(value))?))
    });
    short.take(MAX_ATTRIBUTES).collect()
}

fn tidy(text: Option<String>) -> Option<String> {
    let cut = |text: String| {
        text.chars()
            .take(MAX_NAME)
            .collect::<String>()
            .trim()
            .to_owned()
    };
    text.map(cut).filter(|text| !text.is_empty())
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
