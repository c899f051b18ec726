-- The phone's one file. Ids are their 16 (documents, users, ...) or 6 (parts) bytes, instants are
-- milliseconds since 1970, hashes are 32 bytes; lists of hashes are put end to end.

-- Single values by name: the device's identity, its cursor, its digest.
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The acknowledged base of every document. Unsent changes are never in it.
CREATE TABLE document (
  id BLOB NOT NULL PRIMARY KEY,
  kind INTEGER NOT NULL,
  -- The saved document; empty: its genesis change alone.
  saved BLOB NOT NULL DEFAULT x'',
  -- The heads of `saved` with its base changes; empty: the server has never acknowledged it.
  heads BLOB NOT NULL DEFAULT x'',
  -- CBOR of the author table.
  authors BLOB NOT NULL DEFAULT x'80',
  -- The server's receipt for exactly these heads; NULL: it has given none since they changed.
  receipt BLOB,
  -- The number of the log entry up to which `saved` is complete.
  as_of INTEGER NOT NULL DEFAULT 0,
  -- The digest term of `heads`; NULL: not counted.
  term BLOB,
  -- Why the copy is not to be trusted until the server has sent it anew; NULL: it is sound.
  damage TEXT,
  -- Whether another version of the projections made its rows; they are made anew in the background.
  stale INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX document_stale ON document (id) WHERE stale = 1;
-- Types 1 and 2 are cards and contacts, of which there are many; of other types there are few.
CREATE INDEX document_kind ON document (kind) WHERE kind > 2;
CREATE INDEX document_damaged ON document (id) WHERE damage IS NOT NULL;

-- Acknowledged changes that are not yet part of `document.saved`, in the order of their arrival.
CREATE TABLE base_change (
  document BLOB NOT NULL,
  n INTEGER NOT NULL,
  hash BLOB NOT NULL,
  change BLOB NOT NULL,
  PRIMARY KEY (document, n)
) STRICT, WITHOUT ROWID;

-- Unsent changes, one for each user action and document, in the order in which they were made.
CREATE TABLE outbox (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  document BLOB NOT NULL,
  kind INTEGER NOT NULL,
  hash BLOB NOT NULL,
  change BLOB NOT NULL,
  -- CBOR of the origin; NULL: a plain edit.
  origin BLOB,
  made_at INTEGER NOT NULL,
  -- The hash of the change that this one makes again in another form; NULL: none.
  original BLOB,
  -- 0: only here; 1: sent, not answered yet; 2: waits for a newer server.
  state INTEGER NOT NULL DEFAULT 0,
  UNIQUE (document, hash)
) STRICT;

-- Refused edits and edits of documents that are gone: readable, and one call away from being applied again.
CREATE TABLE quarantine (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  document BLOB NOT NULL,
  kind INTEGER NOT NULL,
  -- What the document was called then.
  title TEXT NOT NULL,
  -- CBOR of the edits by value.
  edits BLOB NOT NULL,
  -- The change itself.
  change BLOB NOT NULL,
  -- CBOR of the reason.
  reason BLOB NOT NULL,
  made_at INTEGER NOT NULL,
  at INTEGER NOT NULL,
  -- The hash of the change that this one makes again in another form; NULL: none.
  original BLOB
) STRICT;
CREATE INDEX quarantine_of_document ON quarantine (document);

-- What users left here when they signed out by force: rows of outbox and quarantine, each encrypted with a key
-- that the server gives to its user alone.
CREATE TABLE sealed (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  nonce BLOB NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- Projections: rows of base and outbox together; all can be made again from the documents. Rows that
-- hold long values have a rowid, which keeps them whole on their page.

CREATE TABLE card (
  document BLOB NOT NULL PRIMARY KEY,
  product BLOB,
  name TEXT NOT NULL,
  -- The name as it is compared in searches.
  search TEXT NOT NULL,
  -- The stored status.
  status BLOB,
  -- The status shown: stored, or derived; from `shown_until` on it is `then_shown`.
  shown BLOB,
  shown_until INTEGER,
  then_shown BLOB,
  owner BLOB,
  trash INTEGER NOT NULL,
  -- CBOR of the field texts.
  fields BLOB NOT NULL,
  last_contact INTEGER,
  conflicts INTEGER NOT NULL,
  -- When its first open todo becomes overdue; 2^63 - 1: it has none with a due.
  next_due INTEGER NOT NULL,
  -- Whether it has an open todo: those without come last.
  has_open INTEGER NOT NULL,
  created INTEGER
) STRICT;
CREATE INDEX card_board ON card (product, has_open DESC, next_due, document) WHERE trash = 0;
CREATE INDEX card_status ON card (product, shown, has_open DESC, next_due, document, shown_until)
  WHERE trash = 0;
CREATE INDEX card_lapse ON card (product, shown_until, shown, then_shown)
  WHERE trash = 0 AND shown_until IS NOT NULL;
CREATE INDEX card_trash ON card (product, name) WHERE trash <> 0;

CREATE TABLE todo (
  document BLOB NOT NULL,
  todo BLOB NOT NULL,
  product BLOB,
  trash INTEGER NOT NULL,
  text TEXT NOT NULL,
  due TEXT,
  assignee BLOB,
  state TEXT NOT NULL,
  contact BLOB,
  open INTEGER NOT NULL,
  -- When it becomes overdue, in the assignee's zone; NULL: it has no due.
  overdue_from INTEGER,
  -- The day it was closed with success, as text; NULL: it is not.
  closed_on TEXT,
  -- Who closed it; NULL: it is open.
  closed_by BLOB,
  -- `next_due` and `name` of its card.
  card_due INTEGER NOT NULL,
  card_name TEXT NOT NULL,
  PRIMARY KEY (document, todo)
) STRICT, WITHOUT ROWID;
-- Today reads these two and nothing else.
CREATE INDEX todo_open ON todo (assignee, overdue_from, document, todo, due, product, state)
  WHERE open = 1 AND trash = 0 AND overdue_from IS NOT NULL;
CREATE INDEX todo_closed ON todo (closed_by, closed_on, document, todo, state)
  WHERE closed_on IS NOT NULL AND trash = 0;
-- F37: cards with an open todo of a user, in the order of the board.
CREATE INDEX todo_board ON todo (product, assignee, card_due, document)
  WHERE open = 1 AND trash = 0;

-- CBOR of the facts of a card or contact; few edits add any, so they are not part of its row.
CREATE TABLE fact (
  document BLOB NOT NULL PRIMARY KEY,
  facts BLOB NOT NULL
) STRICT;

-- Moves of dues, for the total of postponed todos.
CREATE TABLE due_move (
  document BLOB NOT NULL,
  todo BLOB NOT NULL,
  at INTEGER NOT NULL,
  from_due TEXT NOT NULL,
  to_due TEXT NOT NULL
) STRICT;
CREATE INDEX due_move_of_document ON due_move (document);
CREATE INDEX due_move_at ON due_move (at);

CREATE TABLE contact (
  document BLOB NOT NULL PRIMARY KEY,
  sort TEXT NOT NULL,
  given_name TEXT NOT NULL,
  family_name TEXT NOT NULL,
  -- The words of family and given name as a search compares them, in alphabetical order: one name has one place in
  -- the index, in whichever order it is written.
  search TEXT NOT NULL,
  -- Their place in the alphabet of the user's language.
  place BLOB NOT NULL,
  trash INTEGER NOT NULL,
  fields BLOB NOT NULL,
  creator BLOB,
  conflicts INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_name ON contact (place, document) WHERE trash = 0;
CREATE INDEX contact_search ON contact (search) WHERE trash = 0;

CREATE TABLE detail (
  document BLOB NOT NULL,
  detail BLOB NOT NULL,
  sort TEXT NOT NULL,
  label TEXT NOT NULL,
  value TEXT NOT NULL,
  -- By what a phone or an email is looked up, equal for all spellings of it; NULL: by nothing.
  key TEXT,
  PRIMARY KEY (document, detail)
) STRICT, WITHOUT ROWID;
CREATE INDEX detail_key ON detail (key) WHERE key IS NOT NULL;

-- Entries of cards and contacts, for searches. They follow from the documents, like all rows, but only a phone has them.
CREATE TABLE entry (
  document BLOB NOT NULL,
  entry BLOB NOT NULL,
  -- `note`, `call`, `meeting`, `visit`, ...
  kind TEXT NOT NULL,
  -- When it happened; NULL: that cannot be read.
  at INTEGER,
  text TEXT NOT NULL,
  PRIMARY KEY (document, entry)
) STRICT, WITHOUT ROWID;

-- Links of cards and contacts; the index is F60: where else the customer has cards.
CREATE TABLE link (
  document BLOB NOT NULL,
  link BLOB NOT NULL,
  target BLOB NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (document, link)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_target ON link (target, document);

-- The user's own closings in cards that they no longer see: Today's totals still count them.
CREATE TABLE retained_closing (
  document BLOB NOT NULL,
  todo BLOB NOT NULL,
  state TEXT NOT NULL,
  closed_on TEXT NOT NULL,
  PRIMARY KEY (document, todo)
) STRICT, WITHOUT ROWID;
CREATE INDEX retained_closing_closed_on ON retained_closing (closed_on);

-- Settings rows as the server sent them, of known kinds and others.
CREATE TABLE settings (
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  -- CBOR of the whole row.
  row BLOB NOT NULL,
  -- The server's receipt, with which a server that was restored from an old backup takes the row again;
  -- NULL: a row that no server sent, of a local workspace.
  receipt BLOB,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Log entries of kinds that this version does not know, kept for a version that does.
CREATE TABLE unknown_entry (
  n INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- Documents that were purged, with the server's receipts: their ids are never used again.
CREATE TABLE tombstone (
  document BLOB NOT NULL PRIMARY KEY,
  receipt BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Pending re-uploads: tombstones that the server may have lost.
CREATE TABLE pending_tombstone (
  document BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Pending re-uploads: settings rows that the server had sent and may have lost, until it sends the same or
-- a later version.
CREATE TABLE pending_settings (
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  -- CBOR of the whole row.
  row BLOB NOT NULL,
  receipt BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
