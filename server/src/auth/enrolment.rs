//! Enrolment: a code for one time, by which a user chooses a password and is signed in. It is how a new
//! colleague begins, and how one comes back who forgot the password.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32_NOPAD;
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;

use super::session::{self, Grant, Installation};
use super::token::sha256;
use super::{AuthError, Gate};
use crate::store::enrolments::{self, NewEnrolment};
use crate::store::{StoreError, Tx, retry, sessions, users};

/// How long a code is good for, in milliseconds: 3 days.
pub const LIFE: i64 = 3 * 24 * 60 * 60 * 1000;

/// A code of 80 random bits, read aloud in four groups of four letters and digits.
///
/// Nobody finds one by guessing, so wrong ones are not counted: whoever is behind the same address as a guesser
/// would only be kept out.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; 10]);

/// A code that was made, and until when it is good.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// To be shown once; the database keeps its hash.
    pub code: Code,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

impl Code {
    fn new(env: &dyn Env) -> Self {
        Self(random(env))
    }

    fn hash(&self) -> [u8; 32] {
        sha256(&self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = BASE32_NOPAD.encode(&self.0);
        let groups: Vec<&str> =
            (0..letters.len()).step_by(4).filter_map(|begin| letters.get(begin..begin + 4)).collect();
        f.write_str(&groups.join("-"))
    }
}

impl FromStr for Code {
    type Err = ();

    /// However it was typed: in small letters, with other gaps, with 0 and 1 for the letters they look like.
    fn from_str(text: &str) -> Result<Self, ()> {
        let letters = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(17);
        let letters: String = letters
            .map(|c| match c.to_ascii_uppercase() {
                '0' => 'O',
                '1' => 'I',
                other => other,
            })
            .collect();
        let bytes = BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| ())?;
        bytes.try_into().map(Self).map_err(|_| ())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

/// Makes a code for this user, in the place of any earlier one.
///
/// # Errors
/// Of the database.
pub async fn invite(org: OrgId, env: &dyn Env, tx: &mut Tx, user: UserId) -> Result<Invitation, StoreError> {
    let (code, now) = (Code::new(env), env.now());
    let expires_at = Timestamp::from_millis(now.millis().saturating_add(LIFE));
    let new = NewEnrolment { code_hash: code.hash(), user, now, expires_at };
    enrolments::replace(tx, org, &new).await?;
    Ok(Invitation { code, expires_at })
}

/// Uses a code up: its user has this password from now on, is signed in on this device, and signed out
/// everywhere else.
///
/// # Errors
/// [`AuthError::EnrolmentOver`] for a code that was never made, was used, or has expired, and for a user
/// without access; of the password.
pub async fn redeem(
    gate: &Gate,
    code: &str,
    password: &str,
    installation: &Installation<'_>,
) -> Result<Grant, AuthError> {
    let (org, now) = (gate.node().org(), gate.node().now());
    let code: Code = code.parse().map_err(|()| AuthError::EnrolmentOver)?;
    let code_hash = code.hash();
    let mut conn = gate.node().db().read().await?;
    let user = enrolments::find(&mut conn, org, &code_hash, now).await?.ok_or(AuthError::EnrolmentOver)?;
    drop(conn);
    // After the look, which is all that a wrong code costs. Before the transaction: hashing takes long. And
    // before the code is used up: the user may choose again.
    let password_hash = gate.passwords().hash(password, gate.node().env()).await?;
    retry(|| enter(gate, org, user, &code_hash, &password_hash, installation)).await
}

async fn enter(
    gate: &Gate,
    org: OrgId,
    user: UserId,
    code_hash: &[u8; 32],
    password_hash: &str,
    installation: &Installation<'_>,
) -> Result<Grant, AuthError> {
    let now = gate.node().now();
    let mut tx = gate.node().db().write().await?;
    // The account before its code, as whoever sets a password locks them: else the two could wait for each other.
    users::lock(&mut tx, org, user, None).await?.ok_or(AuthError::EnrolmentOver)?;
    // Judged and used up by one statement: of two who come at once only one gets in.
    if !enrolments::take(&mut tx, org, code_hash, now).await? {
        return Err(AuthError::EnrolmentOver);
    }
    users::set_password(&mut tx, org, user, password_hash).await?;
    // Once more, because a new password recalls the tokens of before.
    let permissions = users::lock(&mut tx, org, user, None).await?.ok_or(AuthError::EnrolmentOver)?;
    sessions::end_of_user(&mut tx, org, user, now).await?;
    let grant = session::begin(gate, &mut tx, org, user, permissions, installation).await?;
    tx.commit().await?;
    tracing::info!(user.id = %user, device.id = %grant.device, "enrolled");
    Ok(grant)
}

/// What a phone opens or scans: the server's address, and the code behind `#`, which no browser sends and no
/// proxy logs.
pub fn enrolment_link(address: &str, code: &Code) -> String {
    format!("{}/enrol#{code}", address.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use roadbook_domain::value::env::SeededEnv;

    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let code = Code([0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        let text = code.to_string();
        assert_eq!(text.len(), 19);
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', "  "),
            text.replace('O', "0").replace('I', "1"),
        ] {
            assert_eq!(typed.parse::<Code>().ok(), Some(code.clone()), "{typed}");
        }
        for wrong in ["", "AAAA", &format!("{text}A"), "AAAA-AAAA-AAAA-AAA8", &"A".repeat(10_000)] {
            assert!(wrong.parse::<Code>().is_err(), "{wrong}");
        }
        let env = SeededEnv::new(1, Timestamp::from_millis(0));
        assert_ne!(Code::new(&env), Code::new(&env));
        assert_eq!(format!("{code:?}"), "Code(..)");
    }
}
