//! Identity: a visitor proves who they are by a token that the site's own server signed.
//!
//! HS256 and nothing else. jsonwebtoken checks the signature; the claims are checked here, against a clock
//! that is an argument, so that every border has a test.

use std::collections::BTreeMap;
use std::time::Duration;

use hinny_actors::body::Profile;
use hinny_actors::ids::Millis;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::{Keys, NoKey};

const MAX_TOKEN: usize = 4 * 1024;
const MAX_SUBJECT: usize = 255;
const MAX_NAME: usize = 200;
const MAX_ATTRIBUTES: usize = 20;

/// Clocks of two servers may differ by this many seconds.
const LEEWAY: i64 = 60;

/// A token may be good for at most a day, so that a stolen one is soon worth nothing.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a token proves nothing. The words go to the client; they help its author and show no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("the token is longer than 4 KiB")]
    TooLong,
    #[error("the token is not signed with HS256")]
    Algorithm,
    #[error("`kid` in the token's header names no key of this site")]
    KeyUnknown,
    #[error("this site has several keys, and no `kid` in the token's header says which one")]
    KeyUnnamed,
    #[error("the token is malformed or its signature is wrong")]
    Signature,
    #[error("the claims are no JSON object, or one is there twice or of a wrong kind")]
    Claims,
    #[error("`sub` must be a text of 1 to 255 characters")]
    Subject,
    #[error("`exp` must be there and be a number")]
    Exp,
    #[error("`iat` must be there and be a number")]
    Iat,
    #[error("`nbf` must be a number")]
    Nbf,
    #[error("`aud` must be there and be this site's id")]
    Audience,
    #[error("`name` and `email` must be texts")]
    Name,
    #[error("`attributes` must be an object")]
    Attributes,
    #[error("the token has expired")]
    Expired,
    #[error("`exp` is more than 24 hours after `iat`")]
    TooFarAhead,
    #[error("the token is not valid yet (`nbf` or `iat` lies ahead)")]
    NotYet,
}

impl From<NoKey> for IdentityError {
    fn from(none: NoKey) -> Self {
        match none {
            NoKey::Unnamed => IdentityError::KeyUnnamed,
            NoKey::Unknown => IdentityError::KeyUnknown,
        }
    }
}

/// What a good token proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    pub profile: Profile,
    /// From then on the token is not taken any more.
    pub until: Millis,
}

/// Each by itself, so that each can be told what is wrong with it. A claim that is there twice is an error.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: Option<Value>,
    exp: Option<Value>,
    nbf: Option<Value>,
    iat: Option<Value>,
    aud: Option<Value>,
    name: Option<Value>,
    email: Option<Value>,
    attributes: Option<Value>,
}

/// Who a token says its bearer is, if one of `site`'s keys signed it and it holds at `now`.
pub fn verify(token: &str, keys: &Keys, site: &str, now: Millis) -> Result<Proof, IdentityError> {
    let header = header(token)?;
    let secret = keys.select(header.kid.as_deref())?;
    let claims: Claims = decode(token, secret.expose().as_bytes())?;
    let until = check_times(&claims, now / 1000)?;
    if !is_for(claims.aud.as_ref(), site) {
        return Err(IdentityError::Audience);
    }
    let profile = Profile {
        subject: subject(claims.sub)?,
        name: shown(claims.name)?,
        email: shown(claims.email)?,
        attributes: attributes(claims.attributes)?,
    };
    Ok(Proof { profile, until })
}

/// A token as the site's own server would sign it, for trying things out. `None` when there is no such key.
pub fn sign(
    profile: &Profile,
    site: &str,
    (now, valid): (Millis, Duration),
    keys: &Keys,
    kid: Option<&str>,
) -> Option<String> {
    let secret = keys.select(kid).ok()?;
    let now = now / 1000;
    let claims = json!({
        "sub": profile.subject,
        "iat": now,
        "exp": now + valid.as_secs() as i64,
        "aud": site,
        "name": profile.name,
        "email": profile.email,
        "attributes": profile.attributes,
    });
    let header = Header {
        kid: kid.map(str::to_owned),
        ..Header::new(Algorithm::HS256)
    };
    Some(encode_as(&header, &claims, secret.expose().as_bytes()))
}

/// The header of a token that might be one of ours. Pointers to keys (`jku`, `jwk`, `x5u`, `x5c`) are not looked at.
fn header(token: &str) -> Result<Header, IdentityError> {
    if token.len() > MAX_TOKEN {
        return Err(IdentityError::TooLong);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| IdentityError::Signature)?;
    // These ask for something that is not done here; ignoring them would be a mistake (RFC 7515, 4.1.11).
    let asks = header.crit.is_some() || header.enc.is_some() || header.zip.is_some();
    match header.alg == Algorithm::HS256 && !asks {
        true => Ok(header),
        false => Err(IdentityError::Algorithm),
    }
}

/// Signature and form; what the claims say is the caller's to check.
pub(crate) fn decode<T: serde::de::DeserializeOwned>(
    token: &str,
    key: &[u8],
) -> Result<T, IdentityError> {
    header(token)?;
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
    encode_as(&Header::new(Algorithm::HS256), claims, key)
}

fn encode_as<T: Serialize>(header: &Header, claims: &T, key: &[u8]) -> String {
    jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(key))
        .expect("HMAC takes any key, and the claims have string keys")
}

/// Gives the time from which on the token is not taken any more.
fn check_times(claims: &Claims, now: i64) -> Result<Millis, IdentityError> {
    let exp = seconds(claims.exp.as_ref()).ok_or(IdentityError::Exp)?;
    let iat = seconds(claims.iat.as_ref()).ok_or(IdentityError::Iat)?;
    let nbf = match &claims.nbf {
        None => iat,
        nbf => seconds(nbf.as_ref()).ok_or(IdentityError::Nbf)?,
    };
    let until = exp.saturating_add(LEEWAY);
    if until < now {
        return Err(IdentityError::Expired);
    }
    if iat.max(nbf) > now + LEEWAY {
        return Err(IdentityError::NotYet);
    }
    match exp.saturating_sub(iat) > LONGEST.as_secs() as i64 {
        true => Err(IdentityError::TooFarAhead),
        false => Ok(until.saturating_add(1).saturating_mul(1000)),
    }
}

/// Whole seconds since 1970; what is too large for that is as large as can be.
fn seconds(claim: Option<&Value>) -> Option<i64> {
    claim?.as_f64().map(|time| time as i64)
}

fn is_for(audience: Option<&Value>, site: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == site,
        Some(Value::Array(many)) => {
            many.iter().all(Value::is_string) && many.iter().any(|one| one == site)
        }
        _ => false,
    }
}

fn subject(claim: Option<Value>) -> Result<String, IdentityError> {
    match claim {
        Some(Value::String(sub)) if (1..=MAX_SUBJECT).contains(&sub.chars().count()) => Ok(sub),
        _ => Err(IdentityError::Subject),
    }
}

fn shown(claim: Option<Value>) -> Result<Option<String>, IdentityError> {
    match claim {
        None => Ok(None),
        Some(Value::String(text)) => Ok(tidy(&text)),
        Some(_) => Err(IdentityError::Name),
    }
}

/// The first few short ones, in the order of their names; lists and objects are nothing to show.
fn attributes(claim: Option<Value>) -> Result<BTreeMap<String, String>, IdentityError> {
    let claimed = match claim {
        None => return Ok(BTreeMap::new()),
        Some(Value::Object(claimed)) => claimed,
        Some(_) => return Err(IdentityError::Attributes),
    };
    let short = claimed.into_iter().filter_map(|(name, value)| {
        let value = match value {
            Value::String(text) => text,
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        Some((tidy(&name)?, tidy(&value)?))
    });
    let sorted: BTreeMap<_, _> = short.collect();
    Ok(sorted.into_iter().take(MAX_ATTRIBUTES).collect())
}

/// One line of bounded length, or nothing. A name that breaks lines could pass for more than a name.
fn tidy(text: &str) -> Option<String> {
    let plain = text.chars().map(|letter| match letter.is_control() {
        true => ' ',
        false => letter,
    });
    let cut: String = plain.take(MAX_NAME).collect();
    Some(cut.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
#[cfg(test)]
#[path = "identity_vectors.rs"]
mod vectors;
