//! How values cross: as objects of JavaScript, by what each view type says of itself.

use roadbook_client::app::Failure;
use roadbook_client::{ApiError, Reason};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};
use wasm_bindgen::JsValue;

/// What a call answers, or throws.
pub(crate) fn told<T: Tsify + Serialize>(answer: Result<T, impl Into<Failure>>) -> Result<Ts<T>, JsValue> {
    written(&answer.map_err(failed)?)
}

/// The same of an answer that may be missing.
pub(crate) fn told_or_none<T: Tsify + Serialize>(
    answer: Result<Option<T>, impl Into<Failure>>,
) -> Result<Option<Ts<T>>, JsValue> {
    answer.map_err(failed)?.as_ref().map(written).transpose()
}

/// The same of a list.
pub(crate) fn told_all<T: Tsify + Serialize>(
    answer: Result<Vec<T>, impl Into<Failure>>,
) -> Result<Vec<Ts<T>>, JsValue> {
    answer.map_err(failed)?.iter().map(written).collect()
}

/// An argument.
pub(crate) fn read<T: Tsify<JsType: Clone> + DeserializeOwned>(argument: Ts<T>) -> Result<T, JsValue> {
    argument.to_rust().map_err(|_| failed(ApiError::Invalid { reason: Reason::Malformed }))
}

/// Arguments.
pub(crate) fn read_all<T: Tsify<JsType: Clone> + DeserializeOwned>(
    arguments: Vec<Ts<T>>,
) -> Result<Vec<T>, JsValue> {
    arguments.into_iter().map(read).collect()
}

/// What is thrown.
pub(crate) fn failed(error: impl Into<Failure>) -> JsValue {
    error.into().into_js().map_or(JsValue::NULL, JsValue::from)
}

fn written<T: Tsify + Serialize>(value: &T) -> Result<Ts<T>, JsValue> {
    value.into_ts().map_err(|error| failed(ApiError::Internal { detail: error.to_string() }))
}
