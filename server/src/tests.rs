//! Tests of the server as a whole: through its routes, on both databases, without a socket.

mod catalogue;
mod devices;
mod faults;
mod http;
mod matrix;
mod notice;
mod sessions;
mod start;
mod store;
mod users;
