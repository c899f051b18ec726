//! Boards: the main page of a product, its cards in their order and its status counts (F10, F30, F37).

use std::collections::BTreeMap;

use roadbook_domain::crm::row::CardRow;
use roadbook_domain::read::list::{ListQuery, OpenTodo, Section, list};
use roadbook_domain::settings::StatusInputs;
use roadbook_domain::value::fold::search_words;
use roadbook_domain::value::id::{DocumentId, ProductId, StatusId, UserId};
use roadbook_domain::value::time::Timestamp;
use rusqlite::{Connection, ToSql};

use crate::client::Client;
use crate::error::{ApiError, Error};
use crate::store::rows;

/// Which cards of a product to list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct BoardQuery {
    /// The product.
    pub product: ProductId,
    /// Only cards on which this user has something to do, even if another user owns them (F37).
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub assignee: Option<UserId>,
    /// Only cards in this status.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub status: Option<StatusId>,
    /// Only cards that nobody has anything to do on: "no next step" (F48). With an assignee, those of them that this
    /// user owns.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub without_next: bool,
    /// Only cards whose name holds all words of this text, in whatever order, case and spelling of marks (T20).
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub text: Option<String>,
    /// How many cards to pass over.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    #[cfg_attr(feature = "web", serde(default))]
    pub offset: u32,
    /// How many to list at most.
    #[cfg_attr(feature = "uniffi", uniffi(default = 50))]
    #[cfg_attr(feature = "web", serde(default = "default_limit"))]
    pub limit: u32,
}

#[cfg(feature = "web")]
fn default_limit() -> u32 {
    50
}

impl BoardQuery {
    /// The first cards of a product.
    pub fn new(product: ProductId, limit: u32) -> Self {
        Self { product, assignee: None, status: None, without_next: false, text: None, offset: 0, limit }
    }
}

/// A page of a product's cards, in the order of F30.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The cards.
    pub cards: Vec<BoardCard>,
    /// How many cards match in all; told with the first page only.
    pub matching: Option<u32>,
    /// The next instant at which one of them changes its section or colour (F32), or its status by time alone
    /// (T13).
    pub next_change: Option<Timestamp>,
}

/// A card of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardCard {
    /// The card.
    pub id: DocumentId,
    /// Its row.
    pub row: CardRow,
    /// The part of the list it stands in, which also gives its colour (F31, F32).
    pub section: Section,
    /// What is to be done next: one of the row's todos (F35).
    pub next: Option<OpenTodo>,
    /// The status it is in, stored or derived.
    pub status: Option<StatusId>,
}

/// How many cards of a product are in a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct StatusCount {
    /// The status; `None`: cards in none that is known.
    pub status: Option<StatusId>,
    /// How many.
    pub cards: u32,
}

impl Client {
    /// A page of a product's cards, the most urgent first.
    ///
    /// Pages are cut by the instant from which the next todo is overdue; within a page, where
    /// assignees live in several zones, a day stays with its day (T4).
    pub fn board(&self, query: &BoardQuery) -> Result<Board, ApiError> {
        let now = self.env().now();
        Ok(self.store().query(|connection| {
            let workspace = self.store().workspace(connection)?;
            let is_first = query.offset == 0;
            let matching = is_first.then(|| matching(connection, query, now)).transpose()?;
            let found = rows::cards(connection, page(connection, query, now)?)?;
            let mut found: BTreeMap<_, _> = found.into_iter().collect();
            let (zones, limit) = (workspace.zones(), found.len());
            // Where nobody has anything to do, the user is the owner.
            let assignee = query.assignee.filter(|_| !query.without_next);
            let list_query = ListQuery { now, zones, assignee, limit };
            let listed = list(&list_query, found.iter().map(|(id, row)| (*id, row)));
            let mut next_change = listed.next_change;
            let order: Vec<_> = listed
                .items
                .iter()
                .map(|item| {
                    let (class, overdue_from) = (item.class(), item.key.overdue_from);
                    let next = item.next.map(|next| OpenTodo { todo: next.todo, class, overdue_from });
                    (item.key.card, item.key.section, next)
                })
                .collect();
            let cards = order.into_iter().filter_map(|(id, section, next)| {
                let row = found.remove(&id)?;
                let status = workspace.settings.card_status(&StatusInputs::of(&row), now);
                next_change = next_change.into_iter().chain(status.next_change).min();
                let status = status.id;
                Some(BoardCard { id, row, section, next, status })
            });
            let cards = cards.collect();
            Ok(Board { cards, matching, next_change })
        })?)
    }

    /// How many cards of a product are in each status: its status tree in order, then statuses that
    /// are not known here (F10, F13).
    pub fn status_counts(&self, product: ProductId) -> Result<Vec<StatusCount>, ApiError> {
        let now = self.env().now();
        Ok(self.store().query(|connection| {
            let workspace = self.store().workspace(connection)?;
            let mut counts = counts(connection, product, now)?;
            let tree = workspace.settings.statuses(product);
            let mut all: Vec<_> = tree
                .map(|status| (status.retired, counts.remove(&Some(status.id)), status.id))
                .filter(|(retired, cards, _)| !retired || cards.is_some())
                .map(|(_, cards, id)| StatusCount { status: Some(id), cards: cards.unwrap_or_default() })
                .collect();
            all.extend(counts.into_iter().map(|(status, cards)| StatusCount { status, cards }));
            Ok(all)
        })?)
    }

    /// The cards in the trash of a product, by name; those with later edits to review among them
    /// (F72).
    pub fn trashed_cards(
        &self,
        product: ProductId,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<(DocumentId, CardRow)>, ApiError> {
        Ok(self.store().query(|connection| {
            let sql = "SELECT document, name FROM card WHERE product = ?1 AND trash <> 0";
            let mut statement = connection.prepare_cached(sql)?;
            let trashed = statement.query_map([product.as_bytes()], |row| {
                Ok((DocumentId::from_bytes(row.get(0)?), row.get::<_, String>(1)?))
            })?;
            let mut trashed = trashed.collect::<Result<Vec<_>, _>>()?;
            // Put in order here: a trash is small, so no row keeps its place in the alphabet.
            let alphabet = self.store().workspace(connection)?.alphabet();
            trashed.sort_by_cached_key(|(id, name)| (alphabet.key(name), *id));
            let page = trashed.into_iter().skip(offset as usize).take(limit as usize);
            rows::cards(connection, page.map(|(id, _)| id).collect())
        })?)
    }
}

/// The most words of a search that are looked for.
pub(crate) const MOST_WORDS: usize = 8;

/// The ids of one page, by an index that has them in order.
fn page(connection: &Connection, query: &BoardQuery, now: Timestamp) -> Result<Vec<DocumentId>, Error> {
    let order = match Listed::of(query) {
        Listed::Todos => "ORDER BY t.card_due, t.document",
        Listed::InStatus => "ORDER BY 2 DESC, 3, 1",
        Listed::Cards => "ORDER BY c.has_open DESC, c.next_due, c.document",
    };
    select(query, now, |sql, params| ids(connection, &format!("{sql} {order} LIMIT ?5 OFFSET ?6"), params))
}

/// How many cards a board has on all its pages.
fn matching(connection: &Connection, query: &BoardQuery, now: Timestamp) -> Result<u32, Error> {
    select(query, now, |sql, params| {
        // All parameters of the pages are bound here, too: these two are not asked for.
        let sql = format!("SELECT count(*) FROM ({sql}) WHERE ?5 = ?5 AND ?6 = ?6");
        Ok(connection.prepare_cached(&sql)?.query_row(params, |row| row.get(0))?)
    })
}

/// What the cards of a board are looked for among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// The open todos of a user.
    Todos,
    /// The cards in one status.
    InStatus,
    /// All cards.
    Cards,
}

impl Listed {
    fn of(query: &BoardQuery) -> Self {
        match (query.assignee, query.status) {
            (Some(_), _) if !query.without_next => Self::Todos,
            (_, Some(_)) => Self::InStatus,
            _ => Self::Cards,
        }
    }
}

/// Hands on the statement that finds the cards of a board, in no order, with its parameters.
fn select<T>(
    query: &BoardQuery,
    now: Timestamp,
    with: impl FnOnce(&str, &[&dyn ToSql]) -> Result<T, Error>,
) -> Result<T, Error> {
    let (product, now) = (query.product.as_bytes(), now.millis());
    let words = query.text.as_deref().map(search_words).unwrap_or_default();
    let status = query.status.map(|status| *status.as_bytes());
    let assignee = query.assignee.map(|user| *user.as_bytes());
    let fixed: [&dyn ToSql; 6] = [&product, &assignee, &now, &status, &query.limit, &query.offset];
    let (mut such, params) = holding("c.search", &words, &fixed);
    if query.without_next {
        such += " AND c.has_open = 0";
        such += if query.assignee.is_some() { " AND c.owner = ?2" } else { "" };
    }
    let sql = match Listed::of(query) {
        Listed::Todos => {
            let has_status = " AND iif(c.shown_until <= ?3, c.then_shown, c.shown) IS ?4";
            such += if status.is_some() { has_status } else { "" };
            let card = if such.is_empty() { "" } else { "JOIN card c ON c.document = t.document" };
            format!(
                "SELECT DISTINCT t.document, t.card_due FROM todo t {card}
                 WHERE t.open = 1 AND t.trash = 0 AND t.product = ?1 AND t.assignee = ?2{such}"
            )
        }
        // Two index ranges, each in order: cards whose status time has not changed, and those it has.
        Listed::InStatus => format!(
            "SELECT c.document, c.has_open, c.next_due FROM card c
             WHERE c.trash = 0 AND c.product = ?1 AND c.shown = ?4
               AND (c.shown_until IS NULL OR c.shown_until > ?3){such}
             UNION ALL SELECT c.document, c.has_open, c.next_due FROM card c
             WHERE c.trash = 0 AND c.product = ?1 AND c.shown_until IS NOT NULL AND c.shown_until <= ?3
               AND c.then_shown = ?4{such}"
        ),
        Listed::Cards => format!("SELECT c.document FROM card c WHERE c.trash = 0 AND c.product = ?1{such}"),
    };
    with(&sql, &params)
}

/// The condition that a column of folded text holds these words, each as the beginning of one of its own, to be
/// appended to others, and the parameters: those given, then the words.
pub(crate) fn holding<'p>(
    column: &str,
    words: &'p [String],
    params: &[&'p dyn ToSql],
) -> (String, Vec<&'p dyn ToSql>) {
    let mut params = params.to_vec();
    let mut condition = String::new();
    // A name has few words: more of a search would only make the statement longer.
    for word in words.iter().take(MOST_WORDS) {
        params.push(word);
        condition += &format!(" AND instr(' ' || {column}, ' ' || ?{}) > 0", params.len());
    }
    (condition, params)
}

/// The ids in the first column of a query.
pub(crate) fn ids(
    connection: &Connection,
    sql: &str,
    params: &[&dyn ToSql],
) -> Result<Vec<DocumentId>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map(params, |row| row.get(0).map(DocumentId::from_bytes))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn counts(
    connection: &Connection,
    product: ProductId,
    now: Timestamp,
) -> Result<BTreeMap<Option<StatusId>, u32>, Error> {
    let mut counts: BTreeMap<Option<StatusId>, u32> = BTreeMap::new();
    let mut statement = connection
        .prepare_cached("SELECT shown, count(*) FROM card WHERE trash = 0 AND product = ?1 GROUP BY shown")?;
    let mut rows = statement.query([product.as_bytes()])?;
    while let Some(row) = rows.next()? {
        counts.insert(row.get::<_, Option<_>>(0)?.map(StatusId::from_bytes), row.get(1)?);
    }
    let mut statement = connection.prepare_cached(
        "SELECT shown, then_shown, count(*) FROM card
         WHERE trash = 0 AND product = ?1 AND shown_until IS NOT NULL AND shown_until <= ?2
         GROUP BY shown, then_shown",
    )?;
    let mut rows = statement.query((product.as_bytes(), now.millis()))?;
    while let Some(row) = rows.next()? {
        let (from, to) = (row.get::<_, Option<_>>(0)?, row.get::<_, Option<_>>(1)?);
        let moved: u32 = row.get(2)?;
        if let Some(count) = counts.get_mut(&from.map(StatusId::from_bytes)) {
            *count = count.saturating_sub(moved);
        }
        *counts.entry(to.map(StatusId::from_bytes)).or_default() += moved;
    }
    counts.retain(|_, cards| *cards > 0);
    Ok(counts)
}

#[cfg(test)]
mod tests;
