//! What handlers take from a request, with our own answers where it does not fit, and what they answer.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, NoContent, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ApiError;
use super::operation::{Answers, Asks, Content, Operation};
use super::schema::Schema;
use crate::state::State;

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// The variable part of the path; what does not parse is not found.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// What was made, in JSON: 201.
#[derive(Debug)]
pub struct Created<T>(pub T);

impl<T: DeserializeOwned> FromRequest<State> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &State) -> Result<Self, ApiError> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(ApiError::TooLarge)
            }
            Err(error) => Err(ApiError::invalid("", error.body_text())),
        }
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<State> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(ApiError::NotFound),
        }
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: Schema + DeserializeOwned> Asks for Body<T> {
    fn tell(operation: &mut Operation) {
        operation.body = Some(Content::json::<T>());
        operation.errors.extend([ApiError::TooLarge, ApiError::invalid("", "")]);
        operation.reads = Some(|body| serde_json::from_value::<T>(body).is_ok());
    }
}

impl<T: Schema> Asks for Path<T> {
    fn tell(operation: &mut Operation) {
        operation.variable = Some(T::schema);
        operation.errors.push(ApiError::NotFound);
    }
}

impl<T: Schema> Answers for Json<T> {
    fn tell(operation: &mut Operation) {
        operation.answer = Some(Content::json::<T>());
    }
}

impl<T: Schema> Answers for Created<T> {
    fn tell(operation: &mut Operation) {
        operation.status = StatusCode::CREATED;
        operation.answer = Some(Content::json::<T>());
    }
}

impl Answers for NoContent {
    fn tell(operation: &mut Operation) {
        operation.status = StatusCode::NO_CONTENT;
    }
}
