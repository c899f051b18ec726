use jsonwebtoken::crypto::sign;
use serde_json::{Value, json};

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);
const SECONDS: i64 = NOW.millis() / 1000;

#[test]
fn a_token_says_who_is_calling_until_it_expires() {
    let (tokens, _) = tokens();
    let token = tokens.issue(&claimed(), 6, NOW).unwrap();
    assert_eq!(tokens.verify(&token, NOW), Ok((claimed(), 6)));
    let last = Timestamp::from_millis(NOW.millis() + ACCESS_LIFE - 1);
    assert_eq!(tokens.verify(&token, last), Ok((claimed(), 6)));
    let end = Timestamp::from_millis(NOW.millis() + ACCESS_LIFE);
    assert_eq!(tokens.verify(&token, end), Err(TokenError));
}

#[test]
fn a_token_of_a_node_whose_clock_is_a_little_ahead_is_good_but_not_of_one_far_ahead() {
    let (tokens, _) = tokens();
    let token = tokens.issue(&claimed(), 6, NOW).unwrap();
    let earlier = |seconds: i64| Timestamp::from_millis(NOW.millis() - seconds * 1000);
    assert_eq!(tokens.verify(&token, earlier(SKEW)), Ok((claimed(), 6)));
    assert_eq!(tokens.verify(&token, earlier(SKEW + 1)), Err(TokenError));
}

#[test]
fn the_token_that_the_forgeries_are_made_from_is_good() {
    let (tokens, secrets) = tokens();
    assert_eq!(tokens.verify(&forge(&secrets, &header(&tokens), &claims()), NOW), Ok((claimed(), 6)));
}

/// RFC 8725, 3: every one of these is signed with the right key, so only the header is wrong.
#[test]
fn nothing_in_a_header_is_obeyed() {
    let (tokens, secrets) = tokens();
    for (name, change) in [
        ("no algorithm", json!({ "alg": "none" })),
        ("no algorithm, other case", json!({ "alg": "nOnE" })),
        ("symmetric", json!({ "alg": "HS256" })),
        ("other curve", json!({ "alg": "ES256" })),
        ("RSA", json!({ "alg": "RS256" })),
        ("algorithm in lower case", json!({ "alg": "eddsa" })),
        ("algorithm missing", json!({ "alg": null })),
        ("unknown key", json!({ "kid": "00" })),
        ("a path as key id", json!({ "kid": "../../dev/null" })),
        ("SQL as key id", json!({ "kid": "' or 1=1 --" })),
        ("key id missing", json!({ "kid": null })),
        ("another type: an id token", json!({ "typ": "JWT" })),
        ("type missing", json!({ "typ": null })),
        ("a key of the sender's", json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": "AA" } })),
        ("keys from the sender's address", json!({ "jku": "https://evil.example/keys" })),
        ("a certificate from an address", json!({ "x5u": "https://evil.example/cert" })),
        ("a critical extension", json!({ "crit": ["b64"], "b64": false })),
        ("compressed", json!({ "zip": "DEF" })),
        ("nested", json!({ "cty": "JWT" })),
        ("an extra member", json!({ "x": 1 })),
    ] {
        let token = forge(&secrets, &changed(header(&tokens), &change), &claims());
        assert_eq!(tokens.verify(&token, NOW), Err(TokenError), "{name}");
    }
}

#[test]
fn every_claim_must_be_there_and_right() {
    let (tokens, secrets) = tokens();
    let other = UserId::from_bytes([9; 16]);
    for (name, change) in [
        ("issuer missing", json!({ "iss": null })),
        ("another issuer", json!({ "iss": format!("urn:uuid:{other}") })),
        ("audience missing", json!({ "aud": null })),
        ("another audience", json!({ "aud": "calendar" })),
        ("several audiences", json!({ "aud": ["roadbook", "calendar"] })),
        ("subject missing", json!({ "sub": null })),
        ("subject no id", json!({ "sub": "admin" })),
        ("subject a number", json!({ "sub": 1 })),
        ("expired", json!({ "exp": SECONDS - 1 })),
        ("expires now", json!({ "exp": SECONDS })),
        ("expiry missing", json!({ "exp": null })),
        ("expiry as text", json!({ "exp": "9999999999" })),
        ("expiry as fraction", json!({ "exp": 9_999_999_999.5 })),
        ("expiry beyond all numbers", json!({ "exp": 1e300 })),
        ("expiry negative", json!({ "exp": -1 })),
        ("not yet valid", json!({ "nbf": SECONDS + SKEW + 1 })),
        ("beginning missing", json!({ "nbf": null })),
        ("beginning as text", json!({ "nbf": "0" })),
        ("organisation missing", json!({ "org": null })),
        ("device missing", json!({ "device": null })),
        ("session missing", json!({ "session": null })),
        ("generation missing", json!({ "generation": null })),
        ("version missing", json!({ "version": null })),
        ("version as text", json!({ "version": "1" })),
    ] {
        let token = forge(&secrets, &header(&tokens), &changed(claims(), &change));
        assert_eq!(tokens.verify(&token, NOW), Err(TokenError), "{name}");
    }
}

#[test]
fn a_role_in_a_token_is_not_even_read() {
    let (tokens, secrets) = tokens();
    let token = forge(&secrets, &header(&tokens), &changed(claims(), &json!({ "role": "admin" })));
    assert_eq!(tokens.verify(&token, NOW), Ok((claimed(), 6)));
}

#[test]
fn a_token_that_was_cut_changed_or_signed_otherwise_is_refused() {
    let (tokens, secrets) = tokens();
    let good = tokens.issue(&claimed(), 6, NOW).unwrap();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let other_key = Tokens::new(&secrets_of([9; 32])).unwrap();
    let foreign = other_key.issue(&claimed(), 6, NOW).unwrap();
    let foreign_signature = foreign.rsplit_once('.').unwrap().1;
    let hmac =
        sign(signed.as_bytes(), &EncodingKey::from_secret(public_key(&secrets).as_ref()), Algorithm::HS256);
    let mut flipped = payload.to_owned();
    flipped.replace_range(10..11, if &payload[10..11] == "A" { "B" } else { "A" });
    for (name, token) in [
        ("empty", String::new()),
        ("points only", "..".into()),
        ("header only", format!("{header}.")),
        ("no signature", format!("{signed}.")),
        ("two parts", signed.into()),
        ("four parts", format!("{good}.{signature}")),
        ("signature cut", good[..good.len() - 4].into()),
        ("signature of zeros", format!("{signed}.{}", "A".repeat(86))),
        ("signature padded", format!("{good}==")),
        ("payload changed", format!("{header}.{flipped}.{signature}")),
        ("payload empty", format!("{header}..{signature}")),
        ("signed by another server", foreign.clone()),
        ("another server's signature", format!("{signed}.{foreign_signature}")),
        ("the public key as a shared secret", format!("{signed}.{}", hmac.unwrap())),
        ("white space", format!(" {good}")),
        ("a line break", format!("{good}\n")),
        ("too long", format!("{good}{}", "A".repeat(MAX_ACCESS_LEN))),
        ("not ASCII", format!("{good}ő")),
    ] {
        assert_eq!(tokens.verify(&token, NOW), Err(TokenError), "{name}");
    }
}

#[test]
fn a_refresh_token_reads_back_from_its_text_and_nothing_else_does() {
    let (tokens, _) = tokens();
    let token = refresh_token();
    let text = tokens.seal(&token);
    assert_eq!(text.len(), 86);
    assert_eq!(tokens.open(&text), Ok(token));
    for wrong in ["", &text[..85], &format!("{text}A"), &format!("{text}="), &text.replace('A', "+")] {
        assert_eq!(tokens.open(wrong), Err(TokenError), "{wrong}");
    }
}

#[test]
fn only_the_server_seals_a_refresh_token_and_the_seal_covers_all_of_it() {
    let (tokens, _) = tokens();
    let text = tokens.seal(&refresh_token());
    assert_eq!(Tokens::new(&secrets_of([9; 32])).unwrap().open(&text), Err(TokenError), "another server's");
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert_eq!(tokens.open(&BASE64URL_NOPAD.encode(&changed)), Err(TokenError), "byte {place}");
    }
}

#[test]
fn the_successor_of_a_refresh_token_is_always_the_same() {
    let (tokens, _) = tokens();
    let token = refresh_token();
    assert_eq!(tokens.seal(&token.successor()), tokens.seal(&token.successor()));
    assert_ne!(tokens.seal(&token.successor()), tokens.seal(&token));
}

fn refresh_token() -> RefreshToken {
    RefreshToken { org: OrgId::from_bytes([1; 16]), session: Uuid::from_bytes([2; 16]), generation: 3 }
}

fn tokens() -> (Tokens, Secrets) {
    let secrets = secrets_of([7; 32]);
    (Tokens::new(&secrets).unwrap(), secrets)
}

fn secrets_of(token_key: [u8; 32]) -> Secrets {
    Secrets::for_tests(OrgId::from_bytes([1; 16]), token_key)
}

fn public_key(secrets: &Secrets) -> Vec<u8> {
    let pair = Ed25519KeyPair::from_seed_unchecked(secrets.token_key.as_bytes()).unwrap();
    pair.public_key().as_ref().to_vec()
}

fn claimed() -> Claimed {
    Claimed {
        org: OrgId::from_bytes([1; 16]),
        user: UserId::from_bytes([2; 16]),
        device: DeviceId::from_bytes([3; 16]),
        session: Uuid::from_bytes([4; 16]),
        token_version: 5,
    }
}

fn claims() -> Value {
    let Claimed { org, user, device, session, token_version } = claimed();
    json!({
        "iss": format!("urn:uuid:{org}"), "aud": "roadbook", "sub": user, "org": org, "device": device,
        "session": session, "generation": 6, "version": token_version, "iat": SECONDS, "nbf": SECONDS, "exp": SECONDS + 900,
    })
}

/// The header of a good token, as its text.
fn header(tokens: &Tokens) -> Value {
    serde_json::to_value(&tokens.header).unwrap()
}

/// With these members changed; null takes one away.
fn changed(mut object: Value, change: &Value) -> Value {
    let members = object.as_object_mut().unwrap();
    for (name, value) in change.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    object
}

/// A token signed with the right key, whatever it says. An unchanged header comes out as it is issued.
fn forge(secrets: &Secrets, header: &Value, claims: &Value) -> String {
    let tokens = Tokens::new(secrets).unwrap();
    let header = if *header == self::header(&tokens) {
        tokens.header_text.trim_end_matches('.').to_owned()
    } else {
        BASE64URL_NOPAD.encode(header.to_string().as_bytes())
    };
    let signed = format!("{header}.{}", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()));
    let signature = sign(signed.as_bytes(), &tokens.encoding, Algorithm::EdDSA).unwrap();
    format!("{signed}.{signature}")
}
