//! The way to the server of a worker in a browser: its `fetch` and its `WebSocket`. TLS, and whose certificates are
//! trusted, are the browser's.

pub(crate) mod http;
pub(crate) mod live;
