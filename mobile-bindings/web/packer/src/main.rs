//! Makes a module for browsers of the built `roadbook-web`: the module without names, the JavaScript that calls it, and
//! the types of both. `mobile-bindings/web/build` calls it.
//!
//! It is a program of the workspace, so that it has the version of `wasm-bindgen` that the library was built with: they
//! understand each other only then.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(module), Some(folder), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        eprintln!("usage: roadbook-web-packer MODULE FOLDER");
        return ExitCode::from(2);
    };
    match pack(&module, &folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("roadbook-web-packer: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn pack(module: &str, folder: &str) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).typescript(true).remove_name_section(true).remove_producers_section(true);
    let packed = bindgen.web(true).and_then(|bindgen| bindgen.generate(folder));
    packed.map_err(|error| format!("{error:#}"))
}
