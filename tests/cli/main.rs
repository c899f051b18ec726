//! The command line as its user runs it: real processes, against a real server on a real socket.

mod firm;
mod import;
mod leftovers;
mod operator;
mod place;
