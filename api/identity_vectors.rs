//! The public vectors of project Wycheproof for signed tokens: <https://github.com/C2SP/wycheproof>.

use std::collections::HashSet;
use std::path::Path;

use jsonwebtoken::jwk::Jwk;
use serde::de::IgnoredAny;

use super::*;
use crate::config::secret::MIN_BYTES;

/// Good by the letter of the RFC, but with characters between the digits that are none of theirs. Being strict with
/// them costs no honest signer anything.
const STRICT: &[&str] = &[
    "InvalidCharacterInsertedInHeader",
    "InvalidCharacterInsertedInPayload",
];

fn vectors(name: &str) -> Option<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/wycheproof");
    let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
        println!("skipped: ../shared/corpora is absent");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// The keys of a group as a site could have them: secrets for HS256 that are long enough, each with a name of its own.
/// Any other key makes the whole set one that cannot be configured.
fn configured(group: &Value) -> Option<Vec<(String, Vec<u8>)>> {
    let private = &group["private"];
    let keys = match private["keys"].as_array() {
        Some(keys) => keys.clone(),
        None => vec![private.clone()],
    };
    let mut names = HashSet::new();
    let one = |key: &Value| {
        let ours = key["kty"] == "oct" && key["alg"] == "HS256" && key["use"] == "sig";
        let name = key["kid"].as_str().unwrap_or_default().to_owned();
        let bytes = bytes(key).filter(|bytes| ours && bytes.len() >= MIN_BYTES)?;
        names.insert(name.clone()).then_some((name, bytes))
    };
    keys.iter().map(one).collect()
}

fn bytes(key: &Value) -> Option<Vec<u8>> {
    let key: Jwk = serde_json::from_value(key.clone()).ok()?;
    let key = DecodingKey::from_jwk(&key).ok()?;
    key.try_get_as_bytes().ok().map(<[u8]>::to_vec)
}

/// Whether the signature is taken; the payloads of the vectors are no claims, which comes after it.
fn takes(token: &str, key: &[u8]) -> bool {
    matches!(
        decode::<IgnoredAny>(token, key),
        Ok(_) | Err(IdentityError::Claims)
    )
}

fn passes(group: &Value, token: &str) -> bool {
    let Some(keys) = configured(group) else {
        return false;
    };
    let kid = header(token).ok().and_then(|header| header.kid);
    let named = |(name, _): &&(String, Vec<u8>)| kid.as_deref().is_none_or(|kid| kid == name);
    let key = keys.iter().find(named);
    key.is_some_and(|(_, key)| takes(token, key))
}

/// What somebody might hope that a server takes for a secret: parts and forms of the public key.
fn public_parts(group: &Value) -> Vec<Vec<u8>> {
    let whole = [&group["public"], &group["private"]];
    let forms = whole
        .iter()
        .flat_map(|key| [key.to_string(), format!("{key:#}")]);
    let parts = whole.iter().flat_map(|key| {
        ["n", "e", "x", "y"].map(|part| key[part].as_str().unwrap_or_default().to_owned())
    });
    // HMAC fills a key with zeros, so none at all is the same as one of the vectors' keys.
    let some = forms.chain(parts).filter(|part| !part.is_empty());
    some.map(String::into_bytes).collect()
}

/// Two vectors of bad padding are letter for letter the valid one beside them, so nothing can tell them apart.
fn is_valid(group: &Value, test: &Value) -> bool {
    let mut all = group["tests"].as_array().unwrap().iter();
    let same = |other: &Value| other["jws"] == test["jws"] && other["result"] == "valid";
    test["jws"].is_string() && all.any(same)
}

/// Gives how many vectors there were, and how many passed.
fn check(name: &str) -> Option<(usize, usize)> {
    let vectors = vectors(name)?;
    let (mut seen, mut passed) = (0, 0);
    for group in vectors["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let token = if test["jws"].is_null() {
                &test["jwe"]
            } else {
                &test["jws"]
            };
            let token = token
                .as_str()
                .map_or_else(|| token.to_string(), str::to_owned);
            let comment = test["comment"].as_str().unwrap();
            let ours = configured(group).is_some() && is_valid(group, test);
            let found = passes(group, &token);
            let strict = STRICT.contains(&comment) && !found;
            assert!(
                found == ours || strict,
                "{name} {}: {comment}",
                test["tcId"]
            );
            for key in public_parts(group) {
                assert!(!takes(&token, &key), "{name} {}: {comment}", test["tcId"]);
            }
            seen += 1;
            passed += usize::from(found);
        }
    }
    assert_eq!(vectors["numberOfTests"], seen);
    Some((seen, passed))
}

#[test]
fn of_all_signed_tokens_only_the_valid_ones_for_our_algorithm_pass() {
    if let Some((seen, passed)) = check("json_web_signature_test.json") {
        assert_eq!(seen, 401);
        assert!((8..=12).contains(&passed), "{passed}");
    }
}

#[test]
fn keys_and_encrypted_tokens_open_no_other_way() {
    for name in ["json_web_crypto_test.json", "json_web_key_test.json"] {
        if let Some((seen, passed)) = check(name) {
            assert!(seen > 20 && passed >= 1, "{name}: {passed} of {seen}");
        }
    }
}
