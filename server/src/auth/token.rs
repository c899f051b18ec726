//! Access tokens (RFC 9068: signed, short-lived, without a role) and refresh tokens (random, hashed at
//! rest, replaced at every use).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::node::secrets::Secrets;
use crate::store::sessions::TokenHash;
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

/// Issues and checks access tokens.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    header: Header,
    /// The header as it stands in every token, with the point that follows it.
    header_text: String,
    issuer: String,
}

/// A refresh token: the organisation, the session, and 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The organisation.
    pub org: OrgId,
    /// The session.
    pub session: Uuid,
    secret: [u8; 32],
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
        })
    }

    /// An access token for this caller, good from `now` for [`ACCESS_LIFE`].
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn issue(&self, caller: &Claimed, now: Timestamp) -> Result<String, TokenError> {
        let seconds = now.millis().div_euclid(1000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.into(),
            sub: caller.user,
            org: caller.org,
            device: caller.device,
            session: caller.session,
            version: caller.token_version,
            iat: seconds,
            nbf: seconds,
            exp: seconds + ACCESS_LIFE / 1000,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.encoding).map_err(|_| TokenError)
    }

    /// The caller that a token names, if the token is ours and good now (RFC 8725).
    ///
    /// The header must be ours to the byte: so there is one algorithm, one key, one type, and nothing
    /// in a header is ever obeyed.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claimed, TokenError> {
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
        Ok(Claimed {
            org: claims.org,
            user: claims.sub,
            device: claims.device,
            session: claims.session,
            token_version: claims.version,
        })
    }
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
    /// A new one for this session.
    pub fn new(org: OrgId, session: Uuid, env: &dyn Env) -> Self {
        Self { org, session, secret: random(env) }
    }

    /// What the database keeps of it.
    pub fn hash(&self) -> TokenHash {
        sha256(&self.secret)
    }

    /// Its text: 86 characters of base64url.
    pub fn to_text(&self) -> String {
        let parts = [self.org.as_bytes().as_slice(), self.session.as_bytes(), &self.secret];
        BASE64URL_NOPAD.encode(&parts.concat())
    }

    /// The token with this text.
    ///
    /// # Errors
    /// It is not one.
    pub fn from_text(text: &str) -> Result<Self, TokenError> {
        let bytes: [u8; 64] = match BASE64URL_NOPAD.decode(text.as_bytes()) {
            Ok(bytes) => bytes.try_into().map_err(|_| TokenError)?,
            Err(_) => return Err(TokenError),
        };
        let (org, rest) = bytes.split_first_chunk::<16>().ok_or(TokenError)?;
        let (session, secret) = rest.split_first_chunk::<16>().ok_or(TokenError)?;
        let secret = secret.try_into().map_err(|_| TokenError)?;
        Ok(Self { org: OrgId::from_bytes(*org), session: Uuid::from_bytes(*session), secret })
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

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken").field("session", &self.session).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
