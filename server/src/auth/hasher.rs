//! Argon2 in memory that is kept from one hash to the next.
//!
//! A hash takes 19 MiB. Given back to the allocator, they would stay with whichever thread computed it: hundreds of
//! MiB after a flood of sign-ins.

use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::password_hash::{self, Error};
use argon2::{
    Algorithm, Argon2, Block, CustomizedPasswordHasher, Params, PasswordHash, PasswordHasher, Version,
};

/// Hashes at one cost. It keeps as much memory as hashes were ever computed at once.
#[derive(Debug)]
pub(super) struct Hasher {
    params: Params,
    idle: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    pub fn new(params: Params) -> Self {
        Self { params, idle: Mutex::default() }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PasswordHasher<PasswordHash> for Hasher {
    fn hash_password_with_salt(&self, password: &[u8], salt: &[u8]) -> password_hash::Result<PasswordHash> {
        self.hash_password_customized(password, salt, None, None, self.params.clone())
    }
}

/// This is also what compares: a stored hash names its own cost.
impl CustomizedPasswordHasher<PasswordHash> for Hasher {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?.unwrap_or_default();
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let (salt, mut output) = (Salt::new(salt)?, [0; Output::MAX_LENGTH]);
        let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
        let mut memory = self.idle().pop().unwrap_or_default();
        memory.resize(params.block_count(), Block::new());
        let argon = Argon2::new(algorithm, version, params.clone());
        let hashed = argon.hash_password_into_with_memory(password, &salt, output, &mut memory);
        self.idle().push(memory);
        hashed?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(Output::new(output)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier;

    use super::*;

    #[test]
    fn hashes_are_those_of_argon2_and_one_after_the_other_take_memory_once() {
        let params = Params::new(64, 2, 1, None).unwrap();
        let (hasher, argon) = (Hasher::new(params.clone()), Argon2::from(params));
        let known = argon.hash_password_with_salt(b"secret", &[7; 16]).unwrap();
        for _ in 0..3 {
            assert_eq!(hasher.hash_password_with_salt(b"secret", &[7; 16]).unwrap(), known);
        }
        assert!(hasher.verify_password(b"secret", &known).is_ok());
        assert!(hasher.verify_password(b"Secret", &known).is_err());
        let dearer = Argon2::from(Params::new(128, 3, 1, None).unwrap());
        let dearer = dearer.hash_password_with_salt(b"secret", &[8; 16]).unwrap();
        assert!(hasher.verify_password(b"secret", &dearer).is_ok(), "by the cost that the hash names");
        assert_eq!(hasher.idle().len(), 1);
    }
}
