//! The administrative API: JSON over HTTP, one resource in each file.

mod caller;
pub mod catalogue;
pub mod devices;
pub mod documents;
pub mod enrolments;
mod error;
pub mod fields;
pub mod hand_ins;
pub mod health;
mod json;
pub mod live;
pub mod me;
pub mod metrics;
mod openapi;
mod operation;
pub mod organisation;
pub mod products;
mod routes;
mod schema;
pub mod session;
mod site;
pub mod statuses;
pub mod sync;
pub mod users;
mod versioned;

pub use error::{ApiError, Problem};
pub use json::{Body, Created, Path};
pub use routes::{BODY_LIMIT, For, Route, Routes};

/// Every route of the administrative API, with the document that tells of them all.
pub fn routes() -> Routes {
    let routes = Routes::new()
        .and(health::routes())
        .and(metrics::routes())
        .and(session::routes())
        .and(enrolments::routes())
        .and(hand_ins::routes())
        .and(me::routes())
        .and(devices::routes())
        .and(users::routes())
        .and(organisation::routes())
        .and(catalogue::routes())
        .and(products::routes())
        .and(statuses::routes())
        .and(fields::routes())
        .and(documents::routes())
        .and(sync::routes())
        .and(live::routes());
    openapi::published(routes)
}
