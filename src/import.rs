//! `import`: brings a CSV export of contacts into an organisation, through a phone like any other.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roadbook_client::account::{self, Credentials, Installation};
use roadbook_client::{Client, HttpTransport, sync};
use roadbook_domain::crm::command::Acting;
use roadbook_domain::import::{Destination, Directory, Hints, Import, ImportId, Mapping, Problem, Source};
use roadbook_domain::settings::Settings;
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::settings::product::Product;
use roadbook_domain::value::env::{Env, SystemEnv, random};
use roadbook_domain::value::id::ProductId;

/// How many different notes are listed.
const LISTED: usize = 20;
/// How often a terminal is told how far the import is, in rows.
const EVERY: u32 = 100;

/// The options of the import.
#[derive(Debug, clap::Args)]
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
    #[arg(long, env = "ROADBOOK_PASSWORD_FILE")]
    password_file: PathBuf,

    /// The product to make cards in, by name; without it the first one
    #[arg(long)]
    product: Option<String>,

    /// Report what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Signs in, imports, and sends everything.
///
/// # Errors
/// In one line. Before an error only whole rows were written; the same import again completes them.
pub async fn run(config: &ImportConfig) -> Result<(), Box<dyn Error>> {
    let password = std::fs::read_to_string(&config.password_file)
        .map_err(|error| format!("{}: {error}", config.password_file.display()))?;
    // A phone of its own, in a temporary folder: nothing stays on the machine, and no right is added.
    let folder = tempfile::Builder::new().prefix("roadbook-import-").tempdir()?;
    let client = Client::open(folder.path().join("import.db"), Arc::new(SystemEnv))?;
    let transport = HttpTransport::new(&config.server)?;
    let secret: [u8; 32] = random(&SystemEnv);
    // Editors end a file with a line break, which is no part of a password.
    let credentials = Credentials { email: &config.email, password: password.trim_end() };
    let installation = Installation { platform: "command line", name: "roadbook import", secret: &secret };
    account::sign_in(&client, &transport, credentials, installation).await?;
    println!("Signed in at {}; fetching what is there", config.server);
    sync(&client, &transport, &mut |_| {}).await?;
    let product = product(&*client.settings()?, config.product.as_deref())?;
    into_phone(&client, product, &config.file, config.dry_run)?;
    if !config.dry_run {
        println!("Sending {} changes", client.unsent_count()?);
        let report = sync(&client, &transport, &mut |_| {}).await?;
        println!("Sent: {} acknowledged in {} round trips", report.counts.acknowledged, report.round_trips);
        let refused = client.quarantine()?.len();
        if refused > 0 {
            return Err(format!("the server refused {refused} changes").into());
        }
    }
    // Otherwise the session would stay open on the server, although its phone is gone.
    account::sign_out(&client, &transport, false).await?;
    Ok(())
}

/// Imports a file into a phone, row by row: each row wholly or not at all.
///
/// # Errors
/// Why the file as a whole cannot be imported; then nothing was written.
pub fn into_phone(
    client: &Client,
    product: ProductId,
    file: &Path,
    dry_run: bool,
) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let settings = client.settings()?;
    let me = client.me()?.ok_or("nobody has signed in")?;
    let acting = Acting { by: me.user, now: SystemEnv.now(), zone: settings.zone(Some(me.user)) };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    // By its name, so that a corrected file adds only what is new.
    let import = ImportId::of_source(product, &name);
    let to = Destination::of_product(&settings, product, import, acting).ok_or("there is no such product")?;
    let directory = Directory::of(&settings);
    let source = Source::read(&bytes, Hints::default())?;
    let mapping = Mapping::guess(source.header(), &to);
    let planned = Import::prepare(&source, &mapping, &to, &directory)?;
    let columns: Vec<_> = mapping.kept().collect();
    if !columns.is_empty() {
        println!("  Columns without a place of their own are kept as notes: {}", columns.join(", "));
    }

    let mut told = Told::default();
    let total = planned.row_count();
    for (done, row) in (1..).zip(planned.rows()) {
        match row {
            Ok(row) => {
                row.warnings.iter().for_each(|warning| told.warn(warning));
                if !dry_run {
                    let imported = client.import_row(import, &row)?;
                    told.made += imported.made;
                    told.there += imported.there;
                }
                told.rows += 1;
            }
            Err(problem) => told.skip(&problem),
        }
        progress(done, total);
    }
    told.close(&name, dry_run);
    Ok(())
}

fn product(settings: &Settings, name: Option<&str>) -> Result<ProductId, Box<dyn Error>> {
    let mut products = settings.products();
    let found = match name {
        None => products.next(),
        Some(name) => products.find(|product| in_english(product).eq_ignore_ascii_case(name)),
    };
    let names: Vec<_> = settings.products().map(in_english).collect();
    let none = || format!("there is no such product; there are: {}", names.join(", "));
    Ok(found.ok_or_else(none)?.id)
}

/// The name given, else the catalogue's in English: the language of the command line.
fn in_english(product: &Product) -> &str {
    product.display_name(Language::English)
}

fn progress(done: u32, total: u32) {
    // In a log file the line would stand a thousand times.
    if std::io::stderr().is_terminal() && (done.is_multiple_of(EVERY) || done == total) {
        eprint!("\r  row {done} of {total}");
        if done == total {
            eprintln!();
        }
    }
}

/// The notes and counts of an import.
#[derive(Default)]
struct Told {
    rows: u32,
    made: u32,
    there: u32,
    skipped: u32,
    /// Equal warnings: the first row, and how many rows.
    warnings: BTreeMap<(String, String), (u32, u32)>,
}

impl Told {
    /// Prints every row that was not imported, with its column and reason.
    fn skip(&mut self, problem: &Problem) {
        self.skipped += 1;
        println!("  skipped: {problem}");
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
            println!("  note: row {row}, column {column:?}: {reason}{others}");
        }
        if self.warnings.len() > LISTED {
            println!("  and {} more notes", self.warnings.len() - LISTED);
        }
        let would = if dry_run { "would be " } else { "" };
        println!(
            "  {name}: {} rows {would}imported, {} skipped; {} documents made, {} were there",
            self.rows, self.skipped, self.made, self.there
        );
    }
}
