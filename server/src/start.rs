//! How a server is set up: its configuration with the files that it names, and `init`, which makes an organisation.

pub mod alone;
pub mod app;
pub mod backup;
pub mod config;
pub mod init;
pub mod network;
pub mod people;
pub mod small_file;
pub mod tls;
