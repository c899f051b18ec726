//! Statements: none that the tests send reads a large table, or all of an organisation, from end to end.
//!
//! `tests/run` collects the statements of all tests (`store::statements`) and then runs this.

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

/// How many columns an index must be asked for: one alone is the organisation, with all its rows.
const LEAST_COLUMNS: usize = 2;

/// What may read more, by how its text begins, and why.
const EXCEPTIONS: [(&str, &str); 7] = [
    ("select id, term from document", "a reconciliation reads every term, once for each head of the log"),
    ("select d.id, d.term from audience", "the same"),
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
        ["select", "update", "delete"].iter().any(|verb| text.starts_with(verb))
            && LARGE.iter().any(|table| tables(text).values().any(|named| named == table))
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
        let db = Db::open(&address, 2).await.unwrap();
        for text in texts.iter().filter(|text| is_of(engine, text)) {
            let excused = EXCEPTIONS.iter().any(|(begin, _)| text.starts_with(begin));
            let found = faults(&mut db.read().await.unwrap(), text).await;
            if !excused && !found.is_empty() {
                bad.push(format!("{engine:?}: {text}\n    {}", found.join("\n    ")));
            }
        }
        db.close().await;
    }
    assert!(bad.is_empty(), "{} statements read too much:\n{}", bad.len(), bad.join("\n"));
}

/// Whether a text can be run on a database: a few have a form for each.
fn is_of(engine: Engine, text: &str) -> bool {
    let only_postgres = text.contains("any(") || text.contains("for update") || text.contains("unnest");
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

/// Where a statement reads too much.
async fn faults(conn: &mut Conn, text: &str) -> Vec<String> {
    let tables = tables(text);
    let is_large = |name: &str| tables.get(name).is_some_and(|table| LARGE.contains(&table.as_str()));
    match conn.raw() {
        Raw::Sqlite(c) => {
            let explain = AssertSqlSafe(format!("explain query plan {text}"));
            let rows = match sqlx::query(explain).fetch_all(c).await {
                Ok(rows) => rows,
                Err(error) => return vec![format!("it cannot be explained: {error}")],
            };
            let steps = rows.iter().map(|row| row.get::<String, _>("detail"));
            steps.filter(|step| is_broad(step, &is_large)).collect()
        }
        Raw::Postgres(c) => {
            let count = (1..100).take_while(|n| text.contains(&format!("${n}"))).count();
            let nulls = vec!["null"; count].join(", ");
            let arguments = if count == 0 { String::new() } else { format!("({nulls})") };
            let prepare = format!(
                "set plan_cache_mode = force_generic_plan; deallocate all; prepare explained as {text}"
            );
            if let Err(error) = sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *c).await {
                return vec![format!("it cannot be prepared: {error}")];
            }
            let explain = format!("explain (format json) execute explained{arguments}");
            match sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&mut *c).await {
                Ok(row) => {
                    let plan: Value = row.get(0);
                    let mut found = Vec::new();
                    walk(&plan, &mut found);
                    found
                }
                Err(error) => vec![format!("it cannot be explained: {error}")],
            }
        }
    }
}

/// Whether a step of SQLite's plan goes through a large table, or through all of an organisation in it.
fn is_broad(step: &str, is_large: &impl Fn(&str) -> bool) -> bool {
    let words: Vec<&str> = step.split_whitespace().collect();
    match words[..] {
        ["SCAN", name, ..] => is_large(name),
        ["SEARCH", name, ..] => {
            let columns =
                step.matches("=?").count() + step.matches(">?").count() + step.matches("<?").count();
            is_large(name) && columns < LEAST_COLUMNS && !step.contains("rowid=?")
        }
        _ => false,
    }
}

/// The steps of PostgreSQL's plan that do.
fn walk(plan: &Value, found: &mut Vec<String>) {
    match plan {
        Value::Array(steps) => steps.iter().for_each(|step| walk(step, found)),
        Value::Object(step) => {
            let text = |name: &str| step.get(name).and_then(Value::as_str).unwrap_or_default();
            let (node, relation, index) = (text("Node Type"), text("Relation Name"), text("Index Name"));
            let is_large = LARGE.contains(&relation)
                || LARGE.iter().any(|table| index.starts_with(table)) && relation.is_empty();
            let columns = text("Index Cond").matches(" AND ").count() + 1;
            let is_broad = match node {
                "Seq Scan" => true,
                "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
                    step.get("Index Cond").is_none() || columns < LEAST_COLUMNS
                }
                _ => false,
            };
            if is_large && is_broad {
                found.push(format!("{node} {relation} {index} {}", text("Index Cond")));
            }
            step.values().filter(|value| value.is_array() || value.is_object()).for_each(|v| walk(v, found));
        }
        _ => {}
    }
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

    async fn run(&mut self, text: String) {
        let text = AssertSqlSafe(text);
        match self {
            Self::Sqlite(c) => sqlx::raw_sql(text).execute(c).await.map(drop).unwrap(),
            Self::Postgres(c) => sqlx::raw_sql(text).execute(c).await.map(drop).unwrap(),
        }
    }
}

/// Fills every large table with the rows of two organisations, whatever columns it has.
async fn fill(place: &Throwaway) {
    let mut own = Own::to(place).await;
    let is_sqlite = matches!(own, Own::Sqlite(_));
    for table in LARGE {
        let columns = columns(&mut own, table).await;
        let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        for org in 1..=2 {
            let values: Vec<String> =
                columns.iter().map(|(name, sort)| value(is_sqlite, name, sort, org)).collect();
            let values = values.join(", ");
            own.run(match is_sqlite {
                true => format!(
                    "insert into {table} ({names}) with recursive n(i) as \
                     (select 1 union all select i + 1 from n where i < {ROWS}) select {values} from n"
                ),
                false => format!(
                    "insert into {table} ({names}) select {values} from generate_series(1, {ROWS}) as n(i)"
                ),
            })
            .await;
        }
    }
    own.run("analyze".into()).await;
    // SQLite writes from another connection only when this one is closed.
    match own {
        Own::Sqlite(c) => c.close().await.unwrap(),
        Own::Postgres(c) => c.close().await.unwrap(),
    }
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

/// The value of a column in row `i`: its own in each row, or one of a thousand users.
fn value(is_sqlite: bool, name: &str, sort: &str, org: u32) -> String {
    let number = match name {
        "org_id" => org.to_string(),
        "principal" | "assignee" | "user_id" | "author" | "creator" => "i % 1000".to_owned(),
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
        ("text", _) => "cast(i as text)".to_owned(),
        _ => number,
    }
}

#[test]
fn names_and_broad_steps_are_found() {
    let named = tables("select l.seq from fanout f join log l on l.seq = f.seq where f.org_id = $1");
    let expected: BTreeSet<(&str, &str)> =
        [("fanout", "fanout"), ("f", "fanout"), ("log", "log"), ("l", "log")].into();
    let found: BTreeSet<(&str, &str)> = named.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(found, expected);
    let large = |name: &str| name == "l";
    assert!(is_broad("SCAN l", &large) && is_broad("SEARCH l USING INDEX i (org_id=?)", &large));
    assert!(!is_broad("SCAN n", &large) && !is_broad("SEARCH l USING INDEX i (org_id=? AND seq>?)", &large));
}
