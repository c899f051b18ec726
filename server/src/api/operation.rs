//! What a route takes and answers, as the types of its handler say.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as With};
use axum::http::StatusCode;
use serde_json::Value;

use super::ApiError;
use super::schema::{Members, Object, Schema, Schemas};
use crate::state::State;

/// Makes the schema of a type.
pub type SchemaOf = fn(&mut Schemas) -> Value;

/// What goes in and out of a route.
#[derive(Debug, Default)]
pub struct Operation {
    /// The token that it wants.
    pub token: Option<Token>,
    /// The variable part of its path.
    pub variable: Option<SchemaOf>,
    /// The parameters of its query.
    pub query: Option<fn(&mut Schemas) -> Members>,
    /// What it takes.
    pub body: Option<Content>,
    /// The status of what it answers if it does what was asked.
    pub status: StatusCode,
    /// What it answers then.
    pub answer: Option<Content>,
    /// Why it may do nothing.
    pub errors: Vec<ApiError>,
    /// Whether its handler can read a body: the document is compared with it.
    pub reads: Option<fn(Value) -> bool>,
}

/// A token in the header `Authorization`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
}

/// A body.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// The media type.
    pub media_type: &'static str,
    /// What it holds; `None`: bytes.
    pub schema: Option<SchemaOf>,
}

/// What a handler takes from a request.
pub trait Asks {
    /// Says so.
    fn tell(operation: &mut Operation);
}

/// What a handler answers.
pub trait Answers {
    /// Says so.
    fn tell(operation: &mut Operation);
}

/// A handler that takes `A` and answers `B`.
pub trait Told<A, B> {
    /// Says so.
    fn tell(operation: &mut Operation);
}

impl Content {
    /// JSON of this type.
    pub fn json<T: Schema>() -> Self {
        Self { media_type: "application/json", schema: Some(T::schema) }
    }

    /// What is no JSON.
    pub const fn other(media_type: &'static str) -> Self {
        Self { media_type, schema: None }
    }
}

macro_rules! handlers {
    ($($ask:ident)*) => {
        impl<F, Fut, Answer, $($ask,)*> Told<($($ask,)*), Answer> for F
        where
            F: FnOnce($($ask),*) -> Fut,
            Fut: Future<Output = Answer>,
            Answer: Answers,
            $($ask: Asks,)*
        {
            fn tell(operation: &mut Operation) {
                $(<$ask as Asks>::tell(operation);)*
                <Answer as Answers>::tell(operation);
            }
        }
    };
}

handlers!();
handlers!(A);
handlers!(A B);
handlers!(A B C);
handlers!(A B C D);

/// What the server itself has is not asked of anybody.
impl Asks for With<State> {
    fn tell(_: &mut Operation) {}
}

impl<T> Asks for Extension<Arc<T>> {
    fn tell(_: &mut Operation) {}
}

impl<T> Asks for Option<Extension<T>> {
    fn tell(_: &mut Operation) {}
}

impl<T: Object> Asks for Result<Query<T>, QueryRejection> {
    fn tell(operation: &mut Operation) {
        operation.query = Some(T::members);
        operation.errors.push(ApiError::invalid("", ""));
    }
}

impl<T: Answers> Answers for Result<T, ApiError> {
    fn tell(operation: &mut Operation) {
        <T as Answers>::tell(operation);
    }
}
