//! For tests: the statements that a process sends, so that they can be explained on a large database.

use sqlx::ConnectOptions;

/// Connection options that tell of statements only where a test collects them.
pub(super) fn told<O: ConnectOptions>(options: O) -> O {
    #[cfg(any(test, feature = "testing"))]
    if collecting::begin() {
        return options;
    }
    options.disable_statement_logging()
}

#[cfg(any(test, feature = "testing"))]
mod collecting {
    use std::collections::BTreeSet;
    use std::fmt::Debug;
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::path::Path;
    use std::sync::{Mutex, OnceLock, PoisonError};

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// Names the folder in which each process notes its statements.
    const FOLDER: &str = "ROADBOOK_STATEMENTS";

    /// What sqlx tells of statements under.
    const TARGET: &str = "sqlx::query";

    /// Begins to collect if there is a folder for it; says whether there is.
    pub fn begin() -> bool {
        static COLLECTS: OnceLock<bool> = OnceLock::new();
        *COLLECTS.get_or_init(|| {
            let Some(folder) = std::env::var_os(FOLDER) else { return false };
            let file = Path::new(&folder).join(format!("{}.sql", std::process::id()));
            let file = std::fs::create_dir_all(&folder)
                .and_then(|()| OpenOptions::new().create(true).append(true).open(file));
            let Ok(file) = file else { return false };
            let collector = Collector(Mutex::new((file, BTreeSet::new())));
            // SQLite's connections are threads of their own, which only the global one hears.
            tracing::subscriber::set_global_default(collector).is_ok()
        })
    }

    /// The file, one statement on a line, and those that it has.
    struct Collector(Mutex<(File, BTreeSet<String>)>);

    impl Subscriber for Collector {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == TARGET
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            let mut statement = Statement::default();
            event.record(&mut statement);
            let text = if statement.text.is_empty() { statement.summary } else { statement.text };
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let (file, known) = &mut *noted;
            if known.insert(super::form_of(&text)) {
                // What is not noted is missed by the test that reads the file, which counts.
                let _ = writeln!(file, "{text}");
            }
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    /// Sqlx tells a short statement as the summary, a longer one beside it.
    #[derive(Default)]
    struct Statement {
        summary: String,
        text: String,
    }

    impl Visit for Statement {
        fn record_str(&mut self, field: &Field, value: &str) {
            match field.name() {
                "summary" => value.clone_into(&mut self.summary),
                "db.statement" => value.clone_into(&mut self.text),
                _ => {}
            }
        }

        fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
    }
}

/// A statement with its placeholders, however many there are in a list, as one sign: two texts of one form have
/// one plan.
#[cfg(any(test, feature = "testing"))]
pub fn form_of(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['$', '?']) {
        let (before, from) = rest.split_at(at);
        form.push_str(before);
        rest =
            from.trim_start_matches(['$', '?', ',', ' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        form.push('#');
        // Rows of an insert are a list, too.
        while let Some(next) = rest.strip_prefix("), (") {
            let values = next
                .trim_start_matches(['$', '?', ',', ' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
            if values.len() == next.len() {
                break;
            }
            rest = values;
        }
    }
    form.push_str(rest);
    form
}

#[cfg(test)]
mod tests {
    use super::form_of;

    #[test]
    fn statements_that_differ_by_the_length_of_a_list_have_one_form() {
        for (texts, form) in [
            (["a in ($2, $3) and b = $1", "a in ($2, $3, $4, $5) and b = $1"], "a in (#) and b = #"),
            (["x values (?, ?), (?, ?)", "x values (?, ?)"], "x values (#)"),
            (["begin", "begin"], "begin"),
        ] {
            assert_eq!(texts.map(form_of), [form, form]);
        }
    }
}
