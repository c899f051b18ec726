//! Generates the Kotlin and Swift sources; see `mobile-bindings/generate`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
