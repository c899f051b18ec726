-- Receipts of the server for settings rows and purges: with them a server that was restored from an old
-- backup is given back what it lost.

-- NULL: a row that no server sent, of a local workspace.
ALTER TABLE settings ADD COLUMN receipt BLOB;

-- Documents that were purged: their ids are never used again.
CREATE TABLE tombstone (
  document BLOB NOT NULL PRIMARY KEY,
  receipt BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Tombstones that the server may have lost: to be given back.
CREATE TABLE owed_tombstone (
  document BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Settings rows that the server had sent and may have lost: to be given back, unless it sends the same
-- or a later version.
CREATE TABLE owed_settings (
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  -- CBOR of the whole row.
  row BLOB NOT NULL,
  receipt BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
