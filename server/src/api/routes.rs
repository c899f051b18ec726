//! Routes that can be listed, so that a test can check for each one who may call it.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::state::State;

/// The most bytes of a body, where a route does not say otherwise.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The most bytes of a body that anybody may send, before it is known who they are.
pub const SHORT_BODY_LIMIT: usize = 4 * 1024;

/// A router that knows its routes.
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<State>,
    list: Vec<(Method, &'static str)>,
}

impl Routes {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a `GET` route.
    pub fn get<H: Handler<T, State>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::GET, MethodFilter::GET, path, handler, BODY_LIMIT)
    }

    /// Adds a `POST` route.
    pub fn post<H: Handler<T, State>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.post_up_to(BODY_LIMIT, path, handler)
    }

    /// Adds a `POST` route whose body may have this many bytes.
    pub fn post_up_to<H: Handler<T, State>, T: 'static>(
        self,
        limit: usize,
        path: &'static str,
        handler: H,
    ) -> Self {
        self.add(Method::POST, MethodFilter::POST, path, handler, limit)
    }

    /// Adds a `PUT` route.
    pub fn put<H: Handler<T, State>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(Method::PUT, MethodFilter::PUT, path, handler, BODY_LIMIT)
    }

    /// All routes of both.
    pub fn and(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        Self { router: self.router.merge(other.router), list: self.list }
    }

    /// Method and path of every route.
    pub fn list(&self) -> &[(Method, &'static str)] {
        &self.list
    }

    /// The router.
    pub fn into_router(self) -> Router<State> {
        self.router
    }

    fn add<H: Handler<T, State>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
        limit: usize,
    ) -> Self {
        self.list.push((method, path));
        let handler = on(filter, handler).layer(DefaultBodyLimit::max(limit));
        Self { router: self.router.route(path, handler), list: self.list }
    }
}
