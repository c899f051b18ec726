//! The way to the server of a phone or a desktop: sockets and TLS of its own.

pub(crate) mod http;
pub(crate) mod live;
pub(crate) mod trust;
