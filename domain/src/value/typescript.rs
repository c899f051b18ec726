//! Values of one text form in TypeScript: types by their own names, which are texts or numbers.

use serde::Serializer;

/// Declares a type as the text that its parts, all of them literals, make. Its values cross by their JSON form.
macro_rules! typescript {
    ($(#[doc = $doc:tt])* $name:ident = $($part:tt)+) => {
        const _: () = {
            use wasm_bindgen::prelude::*;

            const DECLARATION: &str = concat!(
                "/**\n", $(" *", $doc, "\n",)* " */\nexport type ", stringify!($name), " = ", $($part)+, ";"
            );

            #[wasm_bindgen(typescript_custom_section)]
            const SECTION: &str = DECLARATION;

            #[wasm_bindgen]
            extern "C" {
                #[derive(Clone)]
                #[wasm_bindgen(typescript_type = $name)]
                pub type JsType;
            }

            impl tsify::Tsify for $name {
                type JsType = JsType;
                const DECL: &'static str = DECLARATION;
            }
        };
    };
}

pub(crate) use typescript;

/// The farthest from 1970 that a `Date` can be, in milliseconds; every whole number up to it is exact in JavaScript.
const FARTHEST: i64 = 8_640_000_000_000_000;

/// Writes a number of milliseconds, or the nearest that is an instant in JavaScript: text that a stranger wrote may
/// name any, and must not keep a card from being shown.
///
/// # Errors
/// Those of the serializer.
pub fn millis<S: Serializer>(millis: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64((*millis).clamp(-FARTHEST, FARTHEST))
}
