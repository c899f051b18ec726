//! Statements: none that the server sends reads too many rows of a large organisation.
//!
//! The step `tests` of `tests/run` collects the statements of all tests (`store::statements`), the step
//! `statements` runs this. A statement that only a test sends begins with [`OF_A_TEST`], and is left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, SqliteConnection};

use crate::store::db::{Conn, Db, Raw};
use crate::store::statements::form_of;
use crate::testing::{Engine, Throwaway, has_postgres};

/// The tables that grow with what a firm does, not with how many it employs.
const LARGE: [&str; 12] = [
    "log",
    "document",
    "actor",
    "audience",
    "fanout",
    "link",
    "visibility",
    "todo",
    "retained_closing",
    "purged",
    "session",
    "device",
];

/// How many rows each of them has, of each of two organisations.
const ROWS: u32 = 100_000;

/// Tables that grow with its staff. They may be read whole, but plans depend on their rows.
const SMALL: [&str; 4] = ["app_user", "settings", "digest", "enrolment"];

/// How many users each organisation has.
const USERS: u32 = 1_000;

/// How many rows an index may give for one set of values: more than one user or document has in these tables,
/// and far fewer than an organisation.
const ROWS_OF_ONE: i64 = 1_000;

/// How a statement begins that only a test sends.
const OF_A_TEST: &str = "/* test */";

/// What may read more, by how its text begins, and why.
const EXCEPTIONS: [(&str, &str); 10] = [
    ("select id, term from document", "a reconciliation reads every term, once for each head of the log"),
    ("select d.id, d.term from audience", "the same"),
    ("delete from log where org_id = $1 and seq <=", "the daily trim, some hundred entries at once"),
    (
        "select p.document from purged p where p.org_id = $1 and p.seq >",
        "what was purged since a cursor is sent",
    ),
    (
        "select id from session where org_id = $1 and ended_at > 0",
        "sessions that ended since the last look, once a second",
    ),
    ("delete from session where org_id", "the daily trim"),
    ("delete from retained_closing where org_id = $1 and (user_id", "the daily trim"),
    ("delete from reupload_part", "the daily trim, of a table that is nearly empty"),
    ("select seq from log where org_id = $1 order by seq limit 1", "the daily trim; it reads one row"),
    ("select seq from log where org_id = $1 and received_at", "the daily trim reads what it removes"),
];

#[tokio::test]
#[ignore = "it explains what the other tests wrote into the folder ROADBOOK_STATEMENTS"]
async fn no_statement_reads_a_large_table_from_end_to_end() {
    let folder = std::env::var("ROADBOOK_STATEMENTS").expect("the folder of the statements");
    let mut statements: BTreeMap<String, String> = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        statements.extend(text.lines().map(|line| (form_of(line), line.to_owned())));
    }
    let is_explained = |text: &String| {
        let reads = ["select", "update", "delete", "with"].iter().any(|verb| text.starts_with(verb))
            || (text.starts_with("insert") && text.contains("select"));
        reads && LARGE.iter().any(|table| tables(text).values().any(|named| named == table))
    };
    let texts: Vec<String> = statements.into_values().filter(is_explained).collect();
    assert!(texts.len() > 40, "only {} statements were collected", texts.len());
    let mut bad = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if engine == Engine::Postgres && !has_postgres() {
            continue;
        }
        let place = Throwaway::new(engine).await.unwrap();
        let address = place.address.parse().unwrap();
        Db::create(&address, 2).await.unwrap().close().await;
        fill(&place).await;
        // PostgreSQL analyzes by itself. A SQLite file is as nobody analyzed it, until whoever runs it does.
        let plans: &[&str] = if engine == Engine::Sqlite { &["as it is", "analyzed"] } else { &["analyzed"] };
        for plan in plans {
            if *plan == "analyzed" {
                let mut own = Own::to(&place).await;
                own.run("analyze".into()).await;
                own.close().await;
            }
            let db = Db::open(&address, 2).await.unwrap();
            for text in texts.iter().filter(|text| is_of(engine, text)) {
                let excused = EXCEPTIONS.iter().any(|(begin, _)| text.starts_with(begin));
                let found = faults(&mut db.read().await.unwrap(), text).await;
                if !excused && !found.is_empty() {
                    bad.push(format!("{engine:?}, {plan}: {text}\n    {}", found.join("\n    ")));
                }
            }
            db.close().await;
        }
    }
    assert!(bad.is_empty(), "{} statements read too much:\n{}", bad.len(), bad.join("\n"));
}

/// Whether a text can be run on a database: a few have a form for each.
fn is_of(engine: Engine, text: &str) -> bool {
    let only_postgres = ["any(", "for update", "for share", "unnest"].iter().any(|sign| text.contains(sign));
    let only_sqlite = text.contains('?');
    match engine {
        Engine::Sqlite => !only_postgres,
        Engine::Postgres => !only_sqlite,
    }
}

/// The tables of a statement, by the names that it gives them.
fn tables(text: &str) -> BTreeMap<String, String> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_' && c != '(')
        .filter(|word| !word.is_empty())
        .collect();
    let mut tables = BTreeMap::new();
    for (place, word) in words.iter().enumerate() {
        if !["from", "join", "update", "into"].contains(word) {
            continue;
        }
        let Some(table) = words.get(place + 1) else { continue };
        tables.insert((*table).to_owned(), (*table).to_owned());
        let alias =
            words.get(place + 2).map(|word| if *word == "as" { words.get(place + 3) } else { Some(word) });
        const KEYWORDS: [&str; 12] = [
            "where", "on", "join", "set", "order", "limit", "left", "group", "union", "select", "values",
            "cross",
        ];
        if let Some(Some(alias)) = alias.filter(|alias| alias.is_some_and(|word| !KEYWORDS.contains(word))) {
            tables.insert((*alias).to_owned(), (*table).to_owned());
        }
    }
    tables
}

/// How one step of a plan reads a large table.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    table: String,
    /// The columns whose value an index is asked for; none if all is read.
    equal: Vec<String>,
    /// Whether the index is then asked for a range, which a page of a list reads the beginning of.
    is_range: bool,
}

/// Where a statement reads too much.
async fn faults(conn: &mut Conn, text: &str) -> Vec<String> {
    let steps = match steps(conn, text).await {
        Ok(steps) => steps,
        Err(error) => return vec![format!("it cannot be explained: {error}")],
    };
    let mut faults = Vec::new();
    for step in steps {
        // A range of all organisations is no page of one, and what has no limit reads all of a range.
        if step.is_range && !step.equal.is_empty() && is_page(text) {
            continue;
        }
        let rows = rows_read(conn, &step).await;
        if rows > ROWS_OF_ONE {
            faults.push(format!("{rows} rows of {} by {:?}", step.table, step.equal));
        }
    }
    faults
}

/// Whether a statement ends a list that it reads.
fn is_page(text: &str) -> bool {
    text.contains(" limit ")
}

/// The steps of a statement's plan that read large tables.
async fn steps(conn: &mut Conn, text: &str) -> Result<Vec<Step>, sqlx::Error> {
    let tables = tables(text);
    match conn.raw() {
        Raw::Sqlite(c) => {
            let explain = AssertSqlSafe(format!("explain query plan {text}"));
            let rows = sqlx::query(explain).fetch_all(c).await?;
            let steps = rows.iter().map(|row| row.get::<String, _>("detail"));
            Ok(steps.filter_map(|step| sqlite_step(&step, &tables)).collect())
        }
        Raw::Postgres(c) => {
            let count = (1..100).take_while(|n| text.contains(&format!("${n}"))).count();
            let nulls = vec!["null"; count].join(", ");
            let arguments = if count == 0 { String::new() } else { format!("({nulls})") };
            let prepare = format!("set plan_cache_mode = force_generic_plan; prepare explained as {text}");
            sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *c).await?;
            let explain = format!("explain (format json) execute explained{arguments}");
            let row = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&mut *c).await;
            sqlx::raw_sql("deallocate explained").execute(c).await?;
            let mut found = Vec::new();
            // Its type is `json`, which the server itself never asks for.
            let plan: Value = serde_json::from_str(row?.get_unchecked(0)).unwrap();
            postgres_steps(&plan, &mut found);
            Ok(found)
        }
    }
}

/// The most rows that a step reads for one set of values.
async fn rows_read(conn: &mut Conn, step: &Step) -> i64 {
    let Step { table, equal, .. } = step;
    let groups = if equal.is_empty() { String::new() } else { format!(" group by {}", equal.join(", ")) };
    let text =
        format!("{OF_A_TEST} select max(n) from (select count(*) as n from {table}{groups}) as counted");
    let text = AssertSqlSafe(text);
    match conn.raw() {
        Raw::Sqlite(c) => sqlx::query_scalar(text).fetch_one(c).await.unwrap(),
        Raw::Postgres(c) => sqlx::query_scalar(text).fetch_one(c).await.unwrap(),
    }
}

/// A step of SQLite's plan, such as `SEARCH l USING INDEX log_feed (org_id=? AND feed=? AND seq>?)`.
fn sqlite_step(step: &str, tables: &BTreeMap<String, String>) -> Option<Step> {
    let mut words = step.split_whitespace();
    let is_scan = match words.next()? {
        "SCAN" => true,
        "SEARCH" => false,
        _ => return None,
    };
    let table = tables.get(words.next()?).filter(|table| LARGE.contains(&table.as_str()))?.clone();
    // An automatic index is made of the whole table, for this one statement.
    if is_scan || step.contains("AUTOMATIC") {
        return Some(Step { table, equal: Vec::new(), is_range: false });
    }
    let (_, asked) = step.split_once(" (")?;
    // What follows it is such as LEFT-JOIN.
    let (asked, _) = asked.rsplit_once(')')?;
    let asked: Vec<&str> = asked.split(" AND ").collect();
    let equal: Vec<String> = asked.iter().filter_map(|term| Some(term.strip_suffix("=?")?.into())).collect();
    Some(Step { table, is_range: equal.len() < asked.len(), equal })
}

/// The same of PostgreSQL's, where a condition is such as `((org_id = $1) AND (seq > $2))`.
fn postgres_steps(plan: &Value, found: &mut Vec<Step>) {
    match plan {
        Value::Array(steps) => steps.iter().for_each(|step| postgres_steps(step, found)),
        Value::Object(step) => {
            let text = |name: &str| step.get(name).and_then(Value::as_str).unwrap_or_default();
            // Part of a bitmap scan, which names the table, names its index only.
            let named = [text("Relation Name"), text("Index Name")];
            let table = LARGE.iter().find(|table| {
                named[0] == **table || named[0].is_empty() && named[1].starts_with(&format!("{table}_"))
            });
            let reads = ["Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"];
            if let Some(table) = table.filter(|_| reads.contains(&text("Node Type"))) {
                let asked: Vec<&str> =
                    text("Index Cond").split(" AND ").filter(|term| !term.is_empty()).collect();
                let equal: Vec<String> = asked.iter().filter_map(|term| equal_column(term)).collect();
                found.push(Step { table: (*table).into(), is_range: equal.len() < asked.len(), equal });
            }
            step.values().filter(|value| value.is_array() || value.is_object()).for_each(|part| {
                postgres_steps(part, found);
            });
        }
        _ => {}
    }
}

fn equal_column(term: &str) -> Option<String> {
    let (column, _) = term.split_once(" = ")?;
    let column = column.trim_start_matches('(');
    (!column.contains(' ')).then(|| column.rsplit('.').next().unwrap_or(column).to_owned())
}

/// A connection past all rules: what the rows refer to is made up.
enum Own {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Own {
    async fn to(place: &Throwaway) -> Self {
        match place.address.strip_prefix("sqlite:") {
            Some(path) => {
                let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
                Self::Sqlite(options.connect().await.unwrap())
            }
            None => {
                let mut own = Self::Postgres(PgConnection::connect(&place.address).await.unwrap());
                own.run("set session_replication_role = replica".into()).await;
                own
            }
        }
    }

    /// SQLite writes from another connection only when this one is closed.
    async fn close(self) {
        match self {
            Self::Sqlite(c) => c.close().await.unwrap(),
            Self::Postgres(c) => c.close().await.unwrap(),
        }
    }

    async fn run(&mut self, text: String) {
        let text = AssertSqlSafe(text);
        match self {
            Self::Sqlite(c) => sqlx::raw_sql(text).execute(c).await.map(drop).unwrap(),
            Self::Postgres(c) => sqlx::raw_sql(text).execute(c).await.map(drop).unwrap(),
        }
    }
}

/// Fills the tables with the rows of two organisations, whatever columns they have.
async fn fill(place: &Throwaway) {
    let mut own = Own::to(place).await;
    let is_sqlite = matches!(own, Own::Sqlite(_));
    let large = LARGE.map(|table| (table, ROWS));
    let small = SMALL.map(|table| (table, USERS));
    for (table, rows) in large.into_iter().chain(small) {
        let columns = columns(&mut own, table).await;
        let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        for org in 1..=2 {
            let values: Vec<String> =
                columns.iter().map(|(name, sort)| value(is_sqlite, name, sort, org)).collect();
            let values = values.join(", ");
            own.run(match is_sqlite {
                true => format!(
                    "{OF_A_TEST} insert into {table} ({names}) with recursive n(i) as \
                     (select 1 union all select i + 1 from n where i < {rows}) select {values} from n"
                ),
                false => format!(
                    "{OF_A_TEST} insert into {table} ({names}) select {values} from generate_series(1, {rows}) as n(i)"
                ),
            })
            .await;
        }
    }
    own.close().await;
}

/// Names and types of a table's columns.
async fn columns(own: &mut Own, table: &str) -> Vec<(String, String)> {
    match own {
        Own::Sqlite(c) => sqlx::query_as("select name, lower(type) from pragma_table_info($1)")
            .bind(table)
            .fetch_all(c)
            .await
            .unwrap(),
        Own::Postgres(c) => sqlx::query_as(
            "select column_name::text, data_type::text from information_schema.columns \
             where table_schema = current_schema() and table_name = $1 order by ordinal_position",
        )
        .bind(table)
        .fetch_all(c)
        .await
        .unwrap(),
    }
}

/// The value of a column in row `i`: its own in each row, or one of the users.
fn value(is_sqlite: bool, name: &str, sort: &str, org: u32) -> String {
    let number = match name {
        "org_id" => org.to_string(),
        "principal" | "assignee" | "user_id" | "author" | "creator" => format!("i % {USERS}"),
        // Most sessions go on, and most devices are in use.
        "ended_at" | "revoked_at" => "case when i % 10 = 0 then i else 0 end".to_owned(),
        _ => "i".to_owned(),
    };
    let bytes = match is_sqlite {
        true => format!("unhex(printf('%032x', {number}))"),
        false => format!("decode(lpad(to_hex({number}), 32, '0'), 'hex')"),
    };
    match (sort, name) {
        // Nearly everything is staff's.
        ("bytea", "feed") if is_sqlite => "x'00'".to_owned(),
        ("bytea", "feed") => r"'\x00'::bytea".to_owned(),
        ("bytea", _) => bytes,
        ("uuid", _) if is_sqlite => bytes,
        ("uuid", _) => format!("lpad(to_hex({number}), 32, '0')::uuid"),
        ("smallint", _) => "cast(i % 5 as smallint)".to_owned(),
        ("boolean", _) => "i % 2 = 0".to_owned(),
        // An email is unique on the server.
        ("text", _) => format!("cast(i + {org} * {ROWS} as text)"),
        _ => number,
    }
}

#[test]
fn tables_and_the_steps_that_read_them_are_found() {
    let named = tables("select l.seq from fanout f join log l on l.seq = f.seq where f.org_id = $1");
    let expected: BTreeSet<(&str, &str)> =
        [("fanout", "fanout"), ("f", "fanout"), ("log", "log"), ("l", "log")].into();
    let found: BTreeSet<(&str, &str)> = named.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(found, expected);
    let step = |equal: &[&str], is_range| {
        let equal = equal.iter().map(|column| (*column).to_owned()).collect();
        Some(Step { table: "log".into(), equal, is_range })
    };
    for (text, found) in [
        ("SCAN l", step(&[], false)),
        ("SCAN n", None),
        ("SEARCH l USING AUTOMATIC COVERING INDEX (seq=?)", step(&[], false)),
        ("SEARCH l USING INDEX log_feed (org_id=? AND feed=?)", step(&["org_id", "feed"], false)),
        ("SEARCH l USING INDEX log_feed (org_id=? AND seq>? AND seq<?)", step(&["org_id"], true)),
    ] {
        assert_eq!(sqlite_step(text, &named), found, "{text}");
    }
    let plan = serde_json::json!([{ "Plan": { "Node Type": "Nested Loop", "Plans": [
        { "Node Type": "Seq Scan", "Relation Name": "log" },
        { "Node Type": "Bitmap Index Scan", "Index Name": "log_feed", "Index Cond": "(org_id = $1)" },
        { "Node Type": "Index Scan", "Relation Name": "log", "Index Name": "log_pkey",
          "Index Cond": "((org_id = f.org_id) AND (seq > $2))" },
        { "Node Type": "Seq Scan", "Relation Name": "settings" },
    ] } }]);
    let mut found = Vec::new();
    postgres_steps(&plan, &mut found);
    let expected = [step(&[], false), step(&["org_id"], false), step(&["org_id"], true)];
    assert_eq!(found.into_iter().map(Some).collect::<Vec<_>>(), expected);
}
