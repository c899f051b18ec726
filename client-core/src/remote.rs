//! The way to the server: how requests reach it, the live channel, and the account that they are made for.
//!
//! `native` and `browser` are the same two things, a transport over HTTPS and a live channel, on what either has.

pub mod account;
mod address;
mod answer;
mod ask;
mod bounds;
mod call;
pub(crate) mod devices;
pub(crate) mod error;
mod hand_in;
mod installation;
mod request;
pub(crate) mod timer;
pub(crate) mod tokens;
pub(crate) mod transport;

#[cfg(target_family = "wasm")]
mod browser;
#[cfg(not(target_family = "wasm"))]
mod native;

#[cfg(target_family = "wasm")]
pub(crate) use browser::{http, live};
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{http, live, trust};
