//! What is built for browsers: the app, and beside it the page of the demonstration.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use axum::body::Bytes;

/// Where a build of these sources puts the app.
const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/app/dist");

/// The folders of a build.
#[derive(Debug)]
pub struct Built {
    /// The app.
    pub app: PathBuf,
    /// The page of the demonstration.
    page: PathBuf,
}

impl Built {
    /// The app in this folder, or where a build of these sources puts it, with the page of the demonstration beside it,
    /// in a folder of the same name with `-demo` behind; `None` if nobody named one and nothing is built.
    ///
    /// # Errors
    /// There is no app in the folder that was named, or no page beside it.
    pub fn find(named: Option<&Path>) -> Result<Option<Self>, String> {
        let app = named.unwrap_or(Path::new(APP)).to_owned();
        let mut name = app.file_name().unwrap_or_default().to_owned();
        name.push("-demo");
        let built = Self { page: app.with_file_name(name), app };
        let missing =
            [&built.app, &built.page].into_iter().find(|folder| !folder.join("index.html").is_file());
        match (missing, named) {
            (None, _) => Ok(Some(built)),
            (Some(_), None) => Ok(None),
            (Some(missing), Some(named)) => Err(format!(
                "--app is \"{}\": there is no index.html in {}; run ./demo, or npm run build in app",
                named.display(),
                missing.display()
            )),
        }
    }

    /// The files of the page.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn page(&self) -> io::Result<Page> {
        let mut files = BTreeMap::new();
        read(&self.page, "", &mut files)?;
        Ok(Page(files))
    }
}

/// The files of the page, by their paths.
#[derive(Debug)]
pub struct Page(BTreeMap<String, Bytes>);

impl Page {
    /// A file, and its type.
    pub fn file(&self, path: &str) -> Option<(&'static str, Bytes)> {
        let path = if path == "/" { "/index.html" } else { path };
        let kind = match path.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        Some((kind, self.0.get(path)?.clone()))
    }
}

fn read(folder: &Path, at: &str, files: &mut BTreeMap<String, Bytes>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{at}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &path, files)?;
        } else {
            files.insert(path, fs::read(entry.path())?.into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_beside_the_app_and_what_is_named_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("dist");
        let missing = Built::find(Some(&app)).unwrap_err();
        assert!(missing.contains("run ./demo"), "{missing}");
        for name in ["dist", "dist-demo", "dist-demo/assets"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        for name in ["dist/index.html", "dist-demo/index.html", "dist-demo/assets/a.js"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let page = Built::find(Some(&app)).unwrap().unwrap().page().unwrap();
        let file = |path: &str| page.file(path).map(|(kind, bytes)| (kind, bytes.to_vec()));
        let html = "text/html; charset=utf-8";
        assert_eq!(file("/"), Some((html, b"dist-demo/index.html".to_vec())));
        assert_eq!(file("/assets/a.js").unwrap().0, "text/javascript; charset=utf-8");
        assert_eq!(file("/../dist/index.html"), None);
    }
}
