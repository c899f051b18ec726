//! Access tokens (RFC 9068: signed, short-lived, without a role) and refresh tokens (sealed, kept nowhere
//! on the server, replaced at every use).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use aws_lc_rs::{constant_time, hmac};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::node::secrets::Secrets;
use crate::store::users::Claimed;

/// How long an access token is good for, in milliseconds: 15 minutes.
pub const ACCESS_LIFE: i64 = 15 * 60 * 1000;

/// How long a session lives without a refresh, in milliseconds: 90 days (R16).
pub const IDLE_LIFE: i64 = 90 * 24 * 60 * 60 * 1000;

/// How far the clocks of two nodes may differ, in seconds.
const SKEW: i64 = 60;

/// The longest access token worth a look.
const MAX_ACCESS_LEN: usize = 1024;

const AUDIENCE: &str = "roadbook";

/// What the key of refresh tokens is derived for: the token key signs nothing else with it.
const REFRESH: &[u8] = b"roadbook refresh token";

/// The bytes of a refresh token's seal: 192 bits nobody guesses, and the whole stays 64 bytes.
const SEAL: usize = 24;

/// Issues and checks access tokens.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    header: Header,
    /// The header as it stands in every token, with the point that follows it.
    header_text: String,
    issuer: String,
    refresh_key: hmac::Key,
}

/// A refresh token of a session: which one, counted from the sign-in.
///
/// Its successor is the next number, whoever asks and however often. So two callers with one token, and one
/// whose answer was lost, hold the same token afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshToken {
    /// The organisation.
    pub org: OrgId,
    /// The session.
    pub session: Uuid,
    /// Its number in the session.
    pub generation: i64,
}

/// A key that cannot sign, or text that is not a token of ours. Why not is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid token")]
pub struct TokenError;

/// What an access token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    org: OrgId,
    device: DeviceId,
    session: Uuid,
    /// Of the refresh token that was issued with it.
    generation: i64,
    version: i64,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Tokens {
    /// Tokens signed with the key of the secrets folder.
    ///
    /// # Errors
    /// The key is not one.
    pub fn new(secrets: &Secrets) -> Result<Self, TokenError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(secrets.token_key.as_bytes()).map_err(|_| TokenError)?;
        let pkcs8 = pair.to_pkcs8().map_err(|_| TokenError)?;
        let public = pair.public_key().as_ref();
        let key_id = digest(&SHA256, public).as_ref().get(..8).map(|id| HEXLOWER.encode(id));
        let header = Header { typ: Some("at+jwt".into()), kid: key_id, ..Header::new(Algorithm::EdDSA) };
        let issuer = format!("urn:uuid:{}", secrets.org);
        let header_json = serde_json::to_vec(&header).map_err(|_| TokenError)?;
        Ok(Self {
            encoding: EncodingKey::from_ed_der(pkcs8.as_ref()),
            decoding: DecodingKey::from_ed_der(public),
            validation: validation(&issuer),
            header,
            header_text: BASE64URL_NOPAD.encode(&header_json) + ".",
            issuer,
            refresh_key: refresh_key(secrets),
        })
    }

    /// An access token for this caller, issued with the refresh token of this generation, good from `now` for
    /// [`ACCESS_LIFE`].
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn issue(&self, caller: &Claimed, generation: i64, now: Timestamp) -> Result<String, TokenError> {
        let seconds = now.millis().div_euclid(1000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.into(),
            sub: caller.user,
            org: caller.org,
            device: caller.device,
            session: caller.session,
            generation,
            version: caller.token_version,
            iat: seconds,
            nbf: seconds,
            exp: seconds + ACCESS_LIFE / 1000,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.encoding).map_err(|_| TokenError)
    }

    /// The caller that a token names and its generation, if the token is ours and good now (RFC 8725).
    ///
    /// The header must be ours to the byte: so there is one algorithm, one key, one type, and nothing
    /// in a header is ever obeyed.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<(Claimed, i64), TokenError> {
        if token.len() > MAX_ACCESS_LEN || !token.starts_with(&self.header_text) {
            return Err(TokenError);
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| TokenError)?
            .claims;
        let seconds = now.millis().div_euclid(1000);
        // Only the beginning has a tolerance: a node whose clock is behind must take a new token at once.
        if claims.exp <= seconds || claims.nbf > seconds.saturating_add(SKEW) {
            return Err(TokenError);
        }
        let caller = Claimed {
            org: claims.org,
            user: claims.sub,
            device: claims.device,
            session: claims.session,
            token_version: claims.version,
        };
        Ok((caller, claims.generation))
    }

    /// The text of a refresh token: 86 characters of base64url.
    pub fn seal(&self, token: &RefreshToken) -> String {
        let said = token.said();
        let seal = hmac::sign(&self.refresh_key, &said);
        BASE64URL_NOPAD.encode(&[&said, seal.as_ref().get(..SEAL).unwrap_or_default()].concat())
    }

    /// The refresh token with this text, which this server must have sealed: what was made up, or damaged
    /// on its way, names no session.
    ///
    /// # Errors
    /// It did not.
    pub fn open(&self, text: &str) -> Result<RefreshToken, TokenError> {
        let bytes: [u8; 40 + SEAL] = match BASE64URL_NOPAD.decode(text.as_bytes()) {
            Ok(bytes) => bytes.try_into().map_err(|_| TokenError)?,
            Err(_) => return Err(TokenError),
        };
        let (org, rest) = bytes.split_first_chunk::<16>().ok_or(TokenError)?;
        let (session, rest) = rest.split_first_chunk::<16>().ok_or(TokenError)?;
        let (generation, seal) = rest.split_first_chunk::<8>().ok_or(TokenError)?;
        let token = RefreshToken {
            org: OrgId::from_bytes(*org),
            session: Uuid::from_bytes(*session),
            generation: i64::from_be_bytes(*generation),
        };
        let ours = hmac::sign(&self.refresh_key, &token.said());
        constant_time::verify_slices_are_equal(ours.as_ref().get(..SEAL).unwrap_or_default(), seal)
            .map_err(|_| TokenError)?;
        Ok(token)
    }
}

/// A key of its own, so that no seal is ever taken for a signature or the other way round.
fn refresh_key(secrets: &Secrets) -> hmac::Key {
    let token_key = hmac::Key::new(hmac::HMAC_SHA256, secrets.token_key.as_bytes());
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&token_key, REFRESH).as_ref())
}

/// What jsonwebtoken checks: signature, presence and form of the claims, issuer and audience. The times
/// it would judge by the system's clock; they are judged by ours.
fn validation(issuer: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

impl RefreshToken {
    /// The one that replaces it.
    pub const fn successor(self) -> Self {
        Self { generation: self.generation.saturating_add(1), ..self }
    }

    fn said(&self) -> Vec<u8> {
        let generation = self.generation.to_be_bytes();
        [self.org.as_bytes().as_slice(), self.session.as_bytes(), &generation].concat()
    }
}

/// SHA-256 of something that is random enough not to be guessed.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest(&SHA256, bytes);
    std::array::from_fn(|i| digest.as_ref().get(i).copied().unwrap_or_default())
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
