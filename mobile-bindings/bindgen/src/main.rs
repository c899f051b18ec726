//! Writes the Kotlin and Swift sources of a built `roadbook-mobile`; `mobile-bindings/generate` calls it.
//!
//! It is a crate of its own, so that the library is not built again with what only the generator needs. It calls
//! UniFFI's generator directly: UniFFI's own program brings clap, and asks cargo where each crate is, which
//! nobody needs to know as long as all settings are in one file.

use std::process::ExitCode;

use uniffi_bindgen::bindings::{
    GenerateOptions, SwiftBindingsOptions, TargetLanguage, generate, generate_swift_bindings,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(library), Some(settings), Some(folder), None) =
        (arguments.next(), arguments.next(), arguments.next(), arguments.next())
    else {
        eprintln!("usage: roadbook-bindgen LIBRARY SETTINGS FOLDER");
        return ExitCode::from(2);
    };
    let written = kotlin(&library, &settings, format!("{folder}/kotlin"))
        .and_then(|()| swift(&library, &settings, format!("{folder}/swift")));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("roadbook-bindgen: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn kotlin(library: &str, settings: &str, folder: String) -> Result<(), String> {
    let options = GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.into(),
        out_dir: folder.into(),
        config_override: Some(settings.into()),
        ..GenerateOptions::default()
    };
    generate(options).map_err(|error| format!("{error:#}"))
}

/// The C declarations of all crates are one module, `RoadbookFFI`; the sources that call them are another.
fn swift(library: &str, settings: &str, folder: String) -> Result<(), String> {
    let sources = SwiftBindingsOptions {
        generate_swift_sources: true,
        source: library.into(),
        out_dir: format!("{folder}/RoadbookCore").into(),
        config: Some(settings.into()),
        ..SwiftBindingsOptions::default()
    };
    let declarations = SwiftBindingsOptions {
        generate_headers: true,
        generate_modulemap: true,
        source: library.into(),
        out_dir: format!("{folder}/RoadbookFFI").into(),
        module_name: Some("RoadbookFFI".to_owned()),
        modulemap_filename: Some("module.modulemap".to_owned()),
        config: Some(settings.into()),
        ..SwiftBindingsOptions::default()
    };
    [sources, declarations]
        .into_iter()
        .try_for_each(|options| generate_swift_bindings(options).map_err(|error| format!("{error:#}")))
}
