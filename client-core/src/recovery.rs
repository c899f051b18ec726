//! Proof and repair: the hash of everything shown, rows made anew from documents, and salvage
//! from a damaged file.

pub(crate) mod proof;
pub(crate) mod rebuild;
pub(crate) mod salvage;
