//! The way to the server: how requests reach it, the live channel, and the account that they are made for.

pub mod account;
mod call;
pub(crate) mod devices;
pub(crate) mod error;
mod hand_in;
pub(crate) mod http;
mod installation;
pub(crate) mod live;
pub(crate) mod tokens;
pub(crate) mod transport;
pub(crate) mod trust;
