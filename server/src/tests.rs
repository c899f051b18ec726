//! Tests of the server as a whole: through its routes, on both databases, without a socket.

mod app;
mod backup;
mod catalogue;
mod devices;
mod documents;
mod enrolment;
mod faults;
mod fields;
mod hand_in;
mod http;
mod matrix;
mod notice;
mod openapi;
mod organisation;
mod sessions;
mod soundness;
mod start;
mod statements;
mod store;
mod users;
