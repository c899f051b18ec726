//! The administrative API: JSON over HTTP, one resource in each file.

mod caller;
pub mod catalogue;
pub mod devices;
pub mod enrolments;
mod error;
pub mod hand_ins;
pub mod health;
mod json;
pub mod live;
pub mod me;
pub mod metrics;
pub mod products;
mod routes;
pub mod session;
mod site;
pub mod statuses;
pub mod sync;
pub mod users;
mod versioned;

pub use error::{ApiError, Problem};
pub use json::{Body, Path};
pub use routes::{BODY_LIMIT, Routes};

/// Every route of the administrative API.
pub fn routes() -> Routes {
    Routes::new()
        .and(health::routes())
        .and(metrics::routes())
        .and(session::routes())
        .and(enrolments::routes())
        .and(hand_ins::routes())
        .and(me::routes())
        .and(devices::routes())
        .and(users::routes())
        .and(catalogue::routes())
        .and(products::routes())
        .and(statuses::routes())
        .and(sync::routes())
        .and(live::routes())
}
