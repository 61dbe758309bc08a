//! Borders of every claim, and tokens that somebody made up.

use super::*;
use crate::config::secret::Secret;

const NOW: i64 = 1_795_334_400;

fn secret() -> Secret {
    Secret::new("f3Qm0x1VbT9kZr7LsYp2WnHd5uGc8eJa".to_owned())
}

fn good() -> Value {
    json!({ "sub": "42", "exp": NOW + 600, "iat": NOW, "aud": "shop" })
}

fn keys() -> Keys {
    Keys::new(Some(secret()), Vec::new())
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
    verify(token, &keys(), "shop", NOW * 1000).map(|proof| proof.profile)
}

#[test]
fn a_good_token_gives_the_profile() {
    let mut claims = good();
    claims["name"] = " Ada\r\n(verified)\u{0}".into();
    claims["email"] = "ada@example.com".into();
    claims["role"] = "x".into();
    let profile = check(&signed(&claims)).unwrap();
    assert_eq!(profile.subject, "42");
    assert_eq!(profile.name.as_deref(), Some("Ada  (verified)"));
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
    let day = (NOW * 1000, LONGEST);
    let token = sign(&profile, "shop", day, &keys(), None).unwrap();
    assert_eq!(check(&token).unwrap(), profile);
    let other = verify(&token, &keys(), "other", NOW * 1000);
    assert_eq!(other, Err(IdentityError::Audience));
    assert!(sign(&profile, "shop", day, &several(), Some("c")).is_none());
}

#[test]
fn a_proof_holds_as_long_as_its_token_is_taken() {
    let token = signed(&good());
    let at = |now: Millis| verify(&token, &keys(), "shop", now);
    let until = at(NOW * 1000).unwrap().until;
    assert_eq!(until, (NOW + 661) * 1000);
    assert!(at(until - 1).is_ok());
    assert_eq!(at(until), Err(IdentityError::Expired));
}

/// A site that changes its secret: `b` is new.
fn several() -> Keys {
    let old = Secret::new("9c1f0b7a4d2e6835aa51c07be94f3d28".to_owned());
    Keys::new(
        None,
        vec![("b".to_owned(), secret()), ("a".to_owned(), old)],
    )
}

#[test]
fn the_kid_selects_the_key() {
    let profile = Profile {
        subject: "7".to_owned(),
        ..Profile::default()
    };
    let now = (NOW * 1000, Duration::from_secs(60));
    let by = |kid: &str| sign(&profile, "shop", now, &several(), Some(kid)).unwrap();
    let taken = |token: &str| verify(token, &several(), "shop", NOW * 1000).map(|_| ());
    assert_eq!((taken(&by("a")), taken(&by("b"))), (Ok(()), Ok(())));
    assert_eq!(taken(&signed(&good())), Err(IdentityError::KeyUnnamed));
    let named = |kid: &str| {
        let header = Header {
            kid: Some(kid.to_owned()),
            ..Header::new(Algorithm::HS256)
        };
        encode_as(&header, &good(), secret().expose().as_bytes())
    };
    assert_eq!(taken(&named("b")), Ok(()));
    // Signed with one key and named after another.
    assert_eq!(taken(&named("a")), Err(IdentityError::Signature));
    for kid in ["", "B", "c", "../../dev/null", "b' OR '1'='1", "b\u{0}"] {
        assert_eq!(taken(&named(kid)), Err(IdentityError::KeyUnknown), "{kid}");
    }
    // A site with one secret has no list to choose from.
    assert!(check(&named("anything")).is_ok());
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
    for wrong in [json!("Pro"), json!([1]), json!(true), json!(0)] {
        let wrong = check(&signed(&with("attributes", wrong)));
        assert_eq!(wrong, Err(IdentityError::Attributes));
    }
    assert!(check(&signed(&with("attributes", json!(null)))).is_ok());
    let long = json!({ "x".repeat(300): "y".repeat(300) });
    let profile = check(&signed(&with("attributes", long))).unwrap();
    let (name, value) = profile.attributes.first_key_value().unwrap();
    assert_eq!((name.len(), value.len()), (MAX_NAME, MAX_NAME));
}

fn check_claims(cases: impl IntoIterator<Item = (&'static str, Value, Option<IdentityError>)>) {
    for (key, value, expected) in cases {
        let found = check(&signed(&with(key, value.clone()))).err();
        let whole = value.is_array() || value.is_object();
        let refused = expected.is_some() && whole && found == Some(IdentityError::Claims);
        assert!(found == expected || refused, "{key} = {value}: {found:?}");
    }
}

#[test]
fn times_have_their_borders() {
    use IdentityError::*;
    let day = LONGEST.as_secs() as i64;
    check_claims([
        ("exp", json!(NOW - 60), None),
        ("exp", json!(NOW - 61), Some(Expired)),
        ("exp", json!(0), Some(Expired)),
        ("exp", json!(-1), Some(Expired)),
        ("exp", json!(-1e300), Some(Expired)),
        ("exp", json!(NOW + day), None),
        ("exp", json!(NOW + day + 1), Some(TooFarAhead)),
        ("exp", json!(1e300), Some(TooFarAhead)),
        ("exp", json!(u64::MAX), Some(TooFarAhead)),
        ("exp", json!(NOW as f64 + 0.5), None),
        ("exp", json!("1795335000"), Some(Exp)),
        ("exp", json!(null), Some(Exp)),
        ("exp", json!([NOW + 600]), Some(Exp)),
        ("exp", json!(true), Some(Exp)),
        ("nbf", json!(NOW + 60), None),
        ("nbf", json!(NOW + 61), Some(NotYet)),
        ("nbf", json!(u64::MAX), Some(NotYet)),
        ("nbf", json!(0), None),
        ("nbf", json!("soon"), Some(Nbf)),
        ("nbf", json!(null), None),
        ("iat", json!(NOW + 60), None),
        ("iat", json!(NOW + 61), Some(NotYet)),
        ("iat", json!(NOW + 600 - day), None),
        ("iat", json!(NOW + 600 - day - 1), Some(TooFarAhead)),
        ("iat", json!(0), Some(TooFarAhead)),
        ("iat", json!(-1e300), Some(TooFarAhead)),
        ("iat", json!(null), Some(Iat)),
        ("iat", json!("now"), Some(Iat)),
        ("iat", json!({}), Some(Iat)),
    ]);
}

#[test]
fn subject_audience_and_name_have_their_borders() {
    use IdentityError::*;
    check_claims([
        ("sub", json!(""), Some(Subject)),
        ("sub", json!(" "), None),
        ("sub", json!("x".repeat(255)), None),
        ("sub", json!("x".repeat(256)), Some(Subject)),
        ("sub", json!("😀".repeat(255)), None),
        ("sub", json!("😀".repeat(256)), Some(Subject)),
        ("sub", json!(null), Some(Subject)),
        ("sub", json!(42), Some(Subject)),
        ("sub", json!(["42"]), Some(Subject)),
        ("aud", json!("shop"), None),
        ("aud", json!(["other", "shop"]), None),
        ("aud", json!("other"), Some(Audience)),
        ("aud", json!("shop "), Some(Audience)),
        ("aud", json!(""), Some(Audience)),
        ("aud", json!([]), Some(Audience)),
        ("aud", json!(["Shop"]), Some(Audience)),
        ("aud", json!(["shop", 1]), Some(Audience)),
        ("aud", json!([["shop"]]), Some(Audience)),
        ("aud", json!({ "shop": true }), Some(Audience)),
        ("aud", json!(1), Some(Audience)),
        ("aud", json!(null), Some(Audience)),
        ("name", json!(["Ada"]), Some(Name)),
        ("name", json!(7), Some(Name)),
        ("name", json!(null), None),
        ("email", json!({}), Some(Name)),
    ]);
}

#[test]
fn a_missing_claim_is_no_free_pass() {
    use IdentityError::*;
    for (key, expected) in [
        ("sub", Subject),
        ("exp", Exp),
        ("iat", Iat),
        ("aud", Audience),
    ] {
        let mut claims = good();
        claims.as_object_mut().unwrap().remove(key);
        assert_eq!(check(&signed(&claims)), Err(expected), "{key}");
    }
    for claims in [json!([]), json!("x"), json!(null), json!(1)] {
        assert_eq!(check(&signed(&claims)), Err(Claims), "{claims}");
    }
    assert_eq!(check(&signed(&json!({}))), Err(Exp));
}

/// A token with these very bytes, rightly signed.
fn raw(header: &str, claims: &str) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_secret(secret().expose().as_bytes());
    let signed = jsonwebtoken::crypto::sign(text.as_bytes(), &key, Algorithm::HS256);
    format!("{text}.{}", signed.unwrap())
}

#[test]
fn what_is_there_twice_or_is_no_json_is_refused_although_it_is_signed() {
    let header = r#"{"alg":"HS256"}"#;
    let claims = good().to_string();
    assert!(check(&raw(header, &claims)).is_ok());
    let rest = &claims[1..];
    for twice in ["sub", "exp", "iat", "aud", "nbf", "name", "email"] {
        let claims = format!("{{\"{twice}\":null,\"{twice}\":null,\"x\":0}}");
        assert_eq!(
            check(&raw(header, &claims)),
            Err(IdentityError::Claims),
            "{twice}"
        );
    }
    for claims in [
        format!("{{\"sub\":\"1\",{rest}"),
        format!("{{\"exp\":1e400,{}", rest.replace("exp", "x")),
        format!("{claims}{claims}"),
        format!("{claims},"),
        String::new(),
    ] {
        assert!(check(&raw(header, &claims)).is_err(), "{claims}");
    }
    for header in [
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"HS256","kid":"a","kid":"b"}"#,
        r#"{"alg":"HS256"}}"#,
        r#"["HS256"]"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS256 "}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","crit":["exp"],"exp":1}"#,
        r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#,
        r#"{"alg":"HS256","zip":"DEF"}"#,
        r#"{"alg":"HS256","enc":"A128GCM"}"#,
    ] {
        assert!(check(&raw(header, &claims)).is_err(), "{header}");
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

/// Pointers to keys are not followed: what they point to signs nothing, and they change nothing in a good token.
#[test]
fn pointers_to_keys_are_not_followed() {
    let evil = b"the key that the token brings along";
    let jwk = format!(
        "{{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"{}\"}}",
        part("the key that the token brings along")
    );
    for pointer in [
        r#""jku":"https://evil.example/keys""#.to_owned(),
        r#""x5u":"https://evil.example/cert""#.to_owned(),
        r#""x5c":["dGhlIGtleQ=="],"x5t":"x""#.to_owned(),
        r#""kid":"https://evil.example/key""#.to_owned(),
        r#""kid":"../../dev/null""#.to_owned(),
        format!("\"jwk\":{jwk}"),
    ] {
        let header = format!("{{\"alg\":\"HS256\",{pointer}}}");
        let text = format!("{}.{}", part(&header), part(&good().to_string()));
        for key in [&evil[..], b"", b"\0", secret().expose().as_bytes()] {
            let signature = jsonwebtoken::crypto::sign(
                text.as_bytes(),
                &EncodingKey::from_secret(key),
                Algorithm::HS256,
            );
            let taken = check(&format!("{text}.{}", signature.unwrap()));
            let ours = key == secret().expose().as_bytes();
            assert_eq!(taken.is_ok(), ours, "{pointer}: {taken:?}");
        }
    }
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
    let mut tried = 0;
    for at in 0..token.len() {
        for bit in 0..8 {
            let mut bytes = token.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            tried += 1;
            // The eighth bit makes it no text, which no frame and no body may be.
            match String::from_utf8(bytes) {
                Ok(flipped) => assert!(check(&flipped).is_err(), "byte {at}, bit {bit}"),
                Err(_) => assert_eq!(bit, 7),
            }
        }
    }
    assert_eq!(tried, token.len() * 8);
}
