//! Borders of every claim, and tokens that somebody made up.

use super::*;

const NOW: i64 = 1_795_334_400;

fn secret() -> Secret {
    Secret::new("f3Qm0x1VbT9kZr7LsYp2WnHd5uGc8eJa".to_owned())
}

fn good() -> Value {
    json!({ "sub": "42", "exp": NOW + 600 })
}

fn with(key: &str, value: Value) -> Value {
    let mut claims = good();
    claims[key] = value;
    claims
}

fn signed(claims: &Value) -> String {
    encode(claims, secret().expose().as_bytes())
}

fn check(token: &str) -> Result<Profile, IdentityError> {
    verify(token, &secret(), "shop", NOW * 1000)
}

#[test]
fn a_good_token_gives_the_profile() {
    let claims = json!({ "sub": "42", "exp": NOW + 600, "name": " Ada ", "email": "ada@example.com", "role": "x" });
    let profile = check(&signed(&claims)).unwrap();
    assert_eq!(profile.subject, "42");
    assert_eq!(profile.name.as_deref(), Some("Ada"));
    assert_eq!(profile.email.as_deref(), Some("ada@example.com"));
}

#[test]
fn what_sign_makes_verify_takes() {
    let profile = Profile {
        subject: "7".to_owned(),
        name: Some("Ada".to_owned()),
        email: Some("ada@example.com".to_owned()),
        attributes: BTreeMap::from([("plan".to_owned(), "Pro".to_owned())]),
    };
    let token = sign(&profile, "shop", (NOW + 60) * 1000, &secret());
    assert_eq!(check(&token).unwrap(), profile);
    let other = verify(&token, &secret(), "other", NOW * 1000);
    assert_eq!(other, Err(IdentityError::Audience));
}

#[test]
fn attributes_are_short_texts_and_few() {
    let claimed = json!({ "plan": " Pro ", "seats": 12, "beta": true, "empty": "", "list": [1], "none": null });
    let profile = check(&signed(&with("attributes", claimed))).unwrap();
    let found: Vec<_> = profile.attributes.iter().collect();
    let expected = [("beta", "true"), ("plan", "Pro"), ("seats", "12")];
    assert!(
        found
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .eq(expected),
        "{found:?}"
    );
    let many: serde_json::Map<_, _> = (0..99).map(|n| (format!("a{n}"), n.into())).collect();
    let profile = check(&signed(&with("attributes", many.into()))).unwrap();
    assert_eq!(profile.attributes.len(), MAX_ATTRIBUTES);
    let wrong = check(&signed(&with("attributes", json!("Pro"))));
    assert_eq!(wrong, Err(IdentityError::Claims));
}

fn check_claims(cases: impl IntoIterator<Item = (&'static str, Value, Option<IdentityError>)>) {
    for (key, value, expected) in cases {
        let found = check(&signed(&with(key, value.clone()))).err();
        assert_eq!(found, expected, "{key} = {value}");
    }
}

#[test]
fn times_have_their_borders() {
    use IdentityError::*;
    let day = 24 * 60 * 60;
    check_claims([
        ("exp", json!(NOW - 60), None),
        ("exp", json!(NOW - 61), Some(Expired)),
        ("exp", json!(0), Some(Expired)),
        ("exp", json!(-1), Some(Expired)),
        ("exp", json!(NOW + day + 60), None),
        ("exp", json!(NOW + day + 61), Some(TooFarAhead)),
        ("exp", json!(1e300), Some(TooFarAhead)),
        ("exp", json!(u64::MAX), Some(TooFarAhead)),
        ("exp", json!(NOW as f64 + 0.5), None),
        ("exp", json!("1795335000"), Some(Claims)),
        ("exp", json!(null), Some(Claims)),
        ("exp", json!([NOW + 600]), Some(Claims)),
        ("exp", json!(true), Some(Claims)),
        ("nbf", json!(NOW + 60), None),
        ("nbf", json!(NOW + 61), Some(NotYet)),
        ("nbf", json!("soon"), Some(Claims)),
        ("nbf", json!(null), None),
        ("iat", json!(NOW + 60), None),
        ("iat", json!(NOW + 61), Some(NotYet)),
        ("iat", json!(0), None),
        ("iat", json!({}), Some(Claims)),
    ]);
}

#[test]
fn subject_audience_and_name_have_their_borders() {
    use IdentityError::*;
    check_claims([
        ("sub", json!(""), Some(Subject)),
        ("sub", json!("x".repeat(255)), None),
        ("sub", json!("x".repeat(256)), Some(Subject)),
        ("sub", json!(null), Some(Claims)),
        ("sub", json!(42), Some(Claims)),
        ("sub", json!(["42"]), Some(Claims)),
        ("aud", json!("shop"), None),
        ("aud", json!(["other", "shop"]), None),
        ("aud", json!("other"), Some(Audience)),
        ("aud", json!([]), Some(Audience)),
        ("aud", json!(["Shop"]), Some(Audience)),
        ("aud", json!(1), Some(Claims)),
        ("name", json!(["Ada"]), Some(Claims)),
    ]);
}

#[test]
fn a_missing_claim_is_no_free_pass() {
    for claims in [
        json!({}),
        json!({ "sub": "42" }),
        json!({ "exp": NOW + 600 }),
        json!([]),
        json!("x"),
        json!(null),
    ] {
        assert_eq!(
            check(&signed(&claims)),
            Err(IdentityError::Claims),
            "{claims}"
        );
    }
}

/// base64url, which the tests need to make up headers.
fn part(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let mut word = [0; 3];
        word[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, word[0], word[1], word[2]]);
        for at in 0..=chunk.len() {
            let letter = (bits >> (18 - 6 * at)) & 63;
            out.push(char::from(LETTERS[letter as usize]));
        }
    }
    out
}

#[test]
fn other_algorithms_are_refused() {
    let token = signed(&good());
    let (head_and_claims, signature) = token.rsplit_once('.').unwrap();
    let (_, claims) = head_and_claims.split_once('.').unwrap();
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None","typ":"JWT"}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"ES256"}"#,
        r#"{"alg":"EdDSA"}"#,
        r#"{"alg":""}"#,
        r#"{"alg":null}"#,
        r#"{"alg":["HS256"]}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"typ":"JWT"}"#,
        r#"{}"#,
        r#"not json"#,
    ] {
        for signature in [signature, ""] {
            let forged = format!("{}.{claims}.{signature}", part(header));
            assert!(check(&forged).is_err(), "{header}");
        }
    }
    let rsa = format!("{}.{claims}.{signature}", part(r#"{"alg":"RS256"}"#));
    assert_eq!(check(&rsa), Err(IdentityError::Algorithm));
}

#[test]
fn headers_that_ask_for_more_are_refused_and_pointers_to_keys_are_not_followed() {
    let header = |change: fn(&mut jsonwebtoken::Header)| {
        let mut header = jsonwebtoken::Header::new(Algorithm::HS256);
        change(&mut header);
        let key = EncodingKey::from_secret(secret().expose().as_bytes());
        jsonwebtoken::encode(&header, &good(), &key).unwrap()
    };
    let critical = header(|header| header.crit = Some(vec!["b64".to_owned()]));
    assert_eq!(check(&critical), Err(IdentityError::Algorithm));
    let elsewhere = header(|header| {
        header.jku = Some("https://evil.example/keys".to_owned());
        header.x5u = Some("https://evil.example/cert".to_owned());
        header.kid = Some("../../dev/null".to_owned());
    });
    assert_eq!(check(&elsewhere).unwrap().subject, "42");
}

#[test]
fn another_secret_and_other_shapes_are_refused() {
    let other = Secret::new("9c1f0b7a4d2e6835aa51c07be94f3d28".to_owned());
    let token = encode(&good(), other.expose().as_bytes());
    assert_eq!(check(&token), Err(IdentityError::Signature));
    let token = signed(&good());
    let cut = &token[..token.len() - 3];
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        cut,
        &format!("{token}."),
        &format!(" {token}"),
    ] {
        assert!(check(text).is_err(), "{text}");
    }
    let huge = signed(&with("name", json!("x".repeat(4_000))));
    assert_eq!(check(&huge), Err(IdentityError::TooLong));
}

#[test]
fn no_flipped_bit_is_taken() {
    let token = signed(&good());
    for at in 0..token.len() {
        for bit in 0..7 {
            let mut bytes = token.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(flipped) = String::from_utf8(bytes) else {
                continue;
            };
            assert!(check(&flipped).is_err(), "byte {at}, bit {bit}");
        }
    }
}
