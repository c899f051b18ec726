//! `import`: brings a CSV export of contacts into an organisation, through a phone like any other.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::{OsStringValueParser, TypedValueParser};
use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::{Client, HttpTransport, Imported, sync};
use roadbook_domain::crm::command::Acting;
use roadbook_domain::import::{
    Destination, Directory, Hints, Import, ImportSource, MAX_FILE, Mapping, Problem, RowPlan, Saying, Source,
};
use roadbook_domain::settings::Settings;
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::settings::product::Product;
use roadbook_domain::value::env::{Env, SystemEnv, random};
use roadbook_domain::value::id::ProductId;

use crate::out::{complain, say};
use crate::scratch::Scratch;
use crate::stop::Stop;

/// Why an import ended before its time.
const STOPPED: &str = "stopped; the same import again completes it";
/// How many different notes are listed.
const LISTED: usize = 20;
/// How often a terminal is told how far the import is, in rows.
const EVERY: u32 = 100;

/// The options of the import.
#[derive(Debug, clap::Args)]
#[command(after_help = STATUS)]
pub struct ImportConfig {
    /// The file: CSV with a header row, in any common encoding and delimiter
    file: PathBuf,

    /// The organisation's server
    #[arg(long, env = "ROADBOOK_SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,

    /// The login of the user who imports; they own the cards whose owner is not named or not known
    #[arg(long, env = "ROADBOOK_EMAIL")]
    email: String,

    /// A file with their password
    #[arg(
        long,
        env = "ROADBOOK_PASSWORD_FILE",
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    password_file: PathBuf,

    /// The name of the source, such as the system that wrote the file: rows of one source are known again by
    /// their ids. Without it the source is found by the column with the ids and by whom they mean; the name of
    /// the file says nothing
    #[arg(long)]
    source: Option<String>,

    /// The product to make cards in, by name; without it the first one
    #[arg(long)]
    product: Option<String>,

    /// Report what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

const STATUS: &str = "\
The exit status is 0 if every row is in: imported now, or known and saying nothing new. It is 1 if rows were
left out, because they were skipped, or are known and different: each is listed with what differs, and nothing
that is there is overwritten. It is 1 too if something failed. A dry run ends with the same status.";

/// Signs in, imports, sends everything, and signs out.
///
/// # Errors
/// In one line. Before an error only whole rows were written; the same import again completes them.
pub async fn run(config: &ImportConfig, stop: &Stop) -> Result<(), Box<dyn Error>> {
    let password = roadbook_server::small_text(&config.password_file).map_err(|error| {
        let path = config.password_file.display();
        format!(
            "ROADBOOK_PASSWORD_FILE (--password-file) is \"{path}\": cannot be read ({error}); give a file that \
             holds the password"
        )
    })?;
    // Before anybody signs in: a file that is not there needs no session.
    let bytes = read(&config.file)?;
    // A phone of its own, in a temporary folder: nothing stays on the machine, and no right is added.
    let scratch = Scratch::new("roadbook-import-")?;
    let client = Client::open(scratch.file("import.db")?, Arc::new(SystemEnv))?;
    let transport = HttpTransport::new(&config.server).map_err(|error| {
        let address = &config.server;
        format!(
            "ROADBOOK_SERVER (--server) is \"{address}\": {error}; give one such as https://roadbook.example"
        )
    })?;
    let secret: [u8; 32] = random(&SystemEnv);
    // Editors end a file with a line break, which is no part of a password.
    let credentials = Credentials { email: &config.email, password: password.trim_end() };
    let installation = Installation { platform: "command line", name: "roadbook import", secret: &secret };
    // Not interrupted: a session whose tokens never arrive could not be ended.
    account::sign_in(&client, &transport, credentials, installation).await?;
    let left_out = tokio::select! {
        left_out = signed_in(config, &bytes, &client, &transport, stop) => left_out,
        () = stop.asked() => Err(STOPPED.into()),
    };
    // Whatever happened, also with rows that were not sent: they are read from the file again. Otherwise the
    // session would stay open on the server, although its phone is gone.
    let signed_out = account::sign_out(&client, &transport, true).await;
    match left_out? {
        0 => Ok(signed_out?),
        1 => Err("1 row was left out, and is listed above".into()),
        rows => Err(format!("{rows} rows were left out, and are listed above").into()),
    }
}

/// What a signed-in phone does; answers how many rows were left out.
async fn signed_in(
    config: &ImportConfig,
    bytes: &[u8],
    client: &Client,
    transport: &HttpTransport,
    stop: &Stop,
) -> Result<u32, Box<dyn Error>> {
    say!("Signed in at {}; fetching what is there", config.server);
    sync(client, transport, &mut |_| {}).await?;
    let product = product(&*client.settings()?, config.product.as_deref())?;
    let name = config.file.file_name().unwrap_or_default().to_string_lossy();
    let job = Job { product, name: &name, bytes, source: config.source.as_deref(), dry_run: config.dry_run };
    // Other tasks go on meanwhile, among them the one that waits for signals.
    let left_out = tokio::task::block_in_place(|| into_phone(client, &job, stop))?;
    if !config.dry_run {
        say!("Sending {} changes", client.unsent_count()?);
        let report = sync(client, transport, &mut |_| {}).await?;
        say!("Sent: {} acknowledged in {} round trips", report.counts.acknowledged, report.round_trips);
        all_is_taken(client)?;
    }
    Ok(left_out)
}

/// Makes sure that the server has everything.
///
/// A sync may rest with changes that are unsent: a full server answers, and takes nothing.
fn all_is_taken(client: &Client) -> Result<(), Box<dyn Error>> {
    let refused = client.quarantine()?.len();
    if refused > 0 {
        return Err(format!("the server refused {refused} changes").into());
    }
    match client.unsent_count()? {
        0 => Ok(()),
        unsent => Err(format!(
            "{unsent} changes were not sent: the server does not take them now, perhaps because its disk is full; \
             the same import again sends them"
        )
        .into()),
    }
}

/// The bytes of a file to import.
///
/// # Errors
/// It cannot be read, or is larger than any import.
pub fn read(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let mut bytes = Vec::new();
    // One byte more than may be, so that a file without an end is refused, too.
    let most = MAX_FILE as u64 + 1;
    std::fs::File::open(file).and_then(|open| open.take(most).read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}

/// What to import, and how.
pub struct Job<'a> {
    /// The product to make cards in.
    pub product: ProductId,
    /// The name of the file, for the transcript.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// The name of its source, if the user gave one.
    pub source: Option<&'a str>,
    /// Whether nothing is to be written.
    pub dry_run: bool,
}

/// Imports a file into a phone, row by row: each row wholly or not at all. Answers how many rows were left
/// out: skipped, or known and different.
///
/// # Errors
/// Why the file as a whole cannot be imported; then nothing was written. Or the program was asked to stop.
pub fn into_phone(client: &Client, job: &Job<'_>, stop: &Stop) -> Result<u32, Box<dyn Error>> {
    let settings = client.settings()?;
    let me = client.me()?.ok_or("nobody has signed in")?;
    let acting = Acting { by: me.user, now: SystemEnv.now(), zone: settings.zone(Some(me.user)) };
    let named = |name: &str| ImportSource::Named(name.to_owned());
    let to =
        Destination::of_product(&settings, job.product, job.source.map(named).unwrap_or_default(), acting)?;
    let directory = Directory::of(&settings);
    let source = Source::read(job.bytes, Hints::default())?;
    let mapping = Mapping::guess(source.header(), &to);
    let mut planned = Import::prepare(&source, &mapping, &to, &directory)?;
    let columns: Vec<_> = mapping.kept().collect();
    if !columns.is_empty() {
        say!("  Columns without a place of their own are kept as notes: {}", columns.join(", "));
    }
    client.recognise(&mut planned)?;

    let mut told = Told::default();
    let total = planned.row_count();
    for (done, row) in (1..).zip(planned.rows()) {
        if stop.is_asked() {
            return Err(STOPPED.into());
        }
        match row {
            Ok(row) => {
                row.warnings.iter().for_each(|warning| told.warn(warning));
                let imported = match job.dry_run {
                    true => client.compare_row(&row)?,
                    false => client.import_row(planned.id(), &row)?,
                };
                told.row(&row, &imported);
            }
            Err(problem) => told.skip(&problem),
        }
        progress(done, total);
    }
    told.close(job.name, job.dry_run);
    Ok(told.skipped + told.different)
}

fn product(settings: &Settings, name: Option<&str>) -> Result<ProductId, Box<dyn Error>> {
    let mut products = settings.products();
    let found = match name {
        None => products.next(),
        Some(name) => products.find(|product| in_english(product).eq_ignore_ascii_case(name)),
    };
    let names: Vec<_> = settings.products().map(in_english).collect();
    let asked = name.unwrap_or_default();
    let none =
        || format!("--product is \"{asked}\": there is no such product; there are: {}", names.join(", "));
    Ok(found.ok_or_else(none)?.id)
}

/// The name given, else the catalogue's in English: the language of the command line.
fn in_english(product: &Product) -> &str {
    product.display_name(Language::English)
}

fn progress(done: u32, total: u32) {
    // In a log file the line would stand a thousand times.
    if std::io::stderr().is_terminal() && (done.is_multiple_of(EVERY) || done == total) {
        let end = if done == total { "\n" } else { "" };
        complain(format_args!("\r  row {done} of {total}{end}"));
    }
}

/// The notes and counts of an import.
#[derive(Default)]
struct Told {
    imported: u32,
    known: u32,
    different: u32,
    skipped: u32,
    made: u32,
    /// Equal warnings: the first row, and how many rows.
    warnings: BTreeMap<(String, String), (u32, u32)>,
}

impl Told {
    fn row(&mut self, row: &RowPlan, imported: &Imported) {
        self.made += imported.made;
        let differs: Vec<String> = imported.differs.iter().map(Saying::line).collect();
        let differs = differs.join("; ");
        match (imported.known, differs.is_empty()) {
            (true, true) => self.known += 1,
            (true, false) => {
                self.different += 1;
                say!("  known and different: row {}, {:?}: {differs}", row.row, row.name());
            }
            (false, true) => self.imported += 1,
            (false, false) => {
                self.imported += 1;
                say!("  row {}, {:?}: kept as a note about a known contact: {differs}", row.row, row.name());
            }
        }
    }

    /// Prints every row that was not imported, with its column and reason.
    fn skip(&mut self, problem: &Problem) {
        self.skipped += 1;
        say!("  skipped: {problem}");
    }

    fn warn(&mut self, problem: &Problem) {
        let column = problem.column.clone().unwrap_or_default();
        let reason = format!("{}: {:?}", problem.reason, problem.value);
        let (_, count) = self.warnings.entry((column, reason)).or_insert((problem.row, 0));
        *count += 1;
    }

    fn close(&self, name: &str, dry_run: bool) {
        for ((column, reason), (row, count)) in self.warnings.iter().take(LISTED) {
            let others = if *count > 1 { format!(" (and {} more rows)", count - 1) } else { String::new() };
            say!("  note: row {row}, column {column:?}: {reason}{others}");
        }
        if self.warnings.len() > LISTED {
            say!("  and {} more notes", self.warnings.len() - LISTED);
        }
        let rows = if self.imported == 1 { "row" } else { "rows" };
        say!(
            "  {name}: {} {rows} {}imported, {} known, {} known and different, {} skipped; {} documents made",
            self.imported,
            if dry_run { "would be " } else { "" },
            self.known,
            self.different,
            self.skipped,
            if dry_run { 0 } else { self.made },
        );
    }
}

#[cfg(test)]
mod tests {
    use roadbook_client::{NewCard, Owner};
    use roadbook_domain::value::time::Zone;

    use super::*;

    #[test]
    fn an_import_of_which_changes_are_unsent_fails_with_their_number() {
        let folder = tempfile::tempdir().unwrap();
        let client = Client::open(folder.path().join("import.db"), Arc::new(SystemEnv)).unwrap();
        client.begin_local_workspace(Zone::UTC, "en-GB").unwrap();
        let before = client.unsent_count().unwrap();
        let product = client.settings().unwrap().products().next().unwrap().id;
        let card =
            NewCard { product, name: "Hall".into(), status: None, owner: Owner::Nobody, commands: vec![] };
        client.create_card(&card).unwrap();
        let failed = all_is_taken(&client).unwrap_err().to_string();
        assert!(failed.starts_with(&format!("{} changes were not sent", before + 1)), "{failed}");
    }
}
