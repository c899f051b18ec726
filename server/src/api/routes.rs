//! Routes that can be listed, with what each is for, takes and answers: so that a test can check for each who may call
//! it, and the document of the API be made of them.

use std::fmt;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};
use roadbook_domain::settings::SettingsError;

use super::ApiError;
use super::operation::{Operation, Told};
use crate::state::State;

/// The most bytes of a body, where a route does not say otherwise.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The most bytes of a body that anybody may send, before it is known who they are.
pub const SHORT_BODY_LIMIT: usize = 4 * 1024;

/// A router that knows its routes.
#[derive(Debug, Default)]
pub struct Routes {
    group: &'static str,
    router: Router<State>,
    list: Vec<Route>,
}

/// A route, as the document of the API tells of it.
#[derive(Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with variable parts as in `/v1/users/{user}`.
    pub path: &'static str,
    /// What it has to do with.
    pub group: &'static str,
    /// In words.
    pub about: About,
    /// What goes in and out.
    pub operation: Operation,
}

/// What a route is for, in words.
#[derive(Debug)]
pub struct About {
    /// Who may call it.
    pub who: For,
    /// What it does.
    pub what: &'static str,
    /// Why it may do nothing, beside what its types say.
    pub errors: Vec<ApiError>,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Everybody, without a token.
    Everybody,
    /// Every user with access.
    SignedIn,
    /// Admins and Managers.
    Managers,
    /// Admins.
    Admins,
    /// Others, in words.
    Only(&'static str),
}

/// A route for everybody.
pub const fn everybody(what: &'static str) -> About {
    only_for(For::Everybody, what)
}

/// A route for every user with access.
pub const fn signed_in(what: &'static str) -> About {
    only_for(For::SignedIn, what)
}

/// A route for Admins and Managers.
pub fn managers(what: &'static str) -> About {
    only_for(For::Managers, what).fails([ApiError::Forbidden])
}

/// A route for Admins.
pub fn admins(what: &'static str) -> About {
    only_for(For::Admins, what).fails([ApiError::Forbidden])
}

/// A route for those whom these words name.
pub const fn only(who: &'static str, what: &'static str) -> About {
    only_for(For::Only(who), what)
}

const fn only_for(who: For, what: &'static str) -> About {
    About { who, what, errors: Vec::new() }
}

impl About {
    /// The same, with more that may go wrong.
    pub fn fails(mut self, errors: impl IntoIterator<Item = ApiError>) -> Self {
        self.errors.extend(errors);
        self
    }

    /// The same, of a route that makes a setting, which the rules of settings are asked about.
    pub fn judged(self) -> Self {
        self.fails([ApiError::AgainstTheRules(SettingsError::Unreadable)])
    }

    /// The same, of a route that edits a setting in a version.
    pub fn edits(self) -> Self {
        self.judged().fails([ApiError::StaleVersion { current: 0 }])
    }
}

impl fmt::Display for For {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everybody => "everybody",
            Self::SignedIn => "everybody signed in",
            Self::Managers => "Admin, Manager",
            Self::Admins => "Admin",
            Self::Only(who) => who,
        })
    }
}

impl Routes {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// None yet; those that follow have to do with this.
    pub fn of(group: &'static str) -> Self {
        Self { group, ..Self::default() }
    }

    /// Adds a `GET` route.
    pub fn get<H, T, A, B>(self, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<T, State> + Told<A, B>,
        T: 'static,
    {
        self.add(Method::GET, MethodFilter::GET, path, handler, about, BODY_LIMIT)
    }

    /// Adds a `POST` route.
    pub fn post<H, T, A, B>(self, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<T, State> + Told<A, B>,
        T: 'static,
    {
        self.post_up_to(BODY_LIMIT, path, handler, about)
    }

    /// Adds a `POST` route whose body may have this many bytes.
    pub fn post_up_to<H, T, A, B>(self, limit: usize, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<T, State> + Told<A, B>,
        T: 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, handler, about, limit)
    }

    /// Adds a `PUT` route.
    pub fn put<H, T, A, B>(self, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<T, State> + Told<A, B>,
        T: 'static,
    {
        self.add(Method::PUT, MethodFilter::PUT, path, handler, about, BODY_LIMIT)
    }

    /// Adds a `DELETE` route.
    pub fn delete<H, T, A, B>(self, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<T, State> + Told<A, B>,
        T: 'static,
    {
        self.add(Method::DELETE, MethodFilter::DELETE, path, handler, about, BODY_LIMIT)
    }

    /// All routes of both.
    pub fn and(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        Self { router: self.router.merge(other.router), list: self.list, ..self }
    }

    /// The same routes, whose handlers find this in every request.
    pub fn with<T: Clone + Send + Sync + 'static>(self, shared: T) -> Self {
        Self { router: self.router.layer(Extension(shared)), ..self }
    }

    /// Every route.
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    /// The router.
    pub fn into_router(self) -> Router<State> {
        self.router
    }

    fn add<H, T, A, B>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
        about: About,
        limit: usize,
    ) -> Self
    where
        H: Handler<T, State> + Told<A, B>,
        T: 'static,
    {
        let mut operation = Operation::default();
        <H as Told<A, B>>::tell(&mut operation);
        self.list.push(Route { method, path, group: self.group, about, operation });
        let handler = on(filter, handler).layer(DefaultBodyLimit::max(limit));
        Self { router: self.router.route(path, handler), ..self }
    }
}
