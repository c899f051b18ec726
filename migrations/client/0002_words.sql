-- The index of words that a search looks up. It follows from the rows of cards and contacts.

-- Documents with texts in the index. A number stands for 64 rows, from `n << 6` on; a document with more texts has
-- several.
CREATE TABLE indexed (
  n INTEGER NOT NULL PRIMARY KEY,
  document BLOB NOT NULL
) STRICT;
CREATE INDEX indexed_document ON indexed (document);

-- A row for each text: its words, folded, each after a letter that says what it is a text of; and the todo, entry or
-- detail that it is of, or nothing. Words are also found by their first one and two letters (`prefix`), and where in a
-- text a word stands is not kept (`detail`).
CREATE VIRTUAL TABLE word USING fts5(
  text, part UNINDEXED, detail = column, columnsize = 0, prefix = '2 3', tokenize = "ascii tokenchars '+#&'"
);
-- What is deleted is overwritten in the index, too.
INSERT INTO word (word, rank) VALUES ('secure-delete', 1);

-- Documents whose texts are not in the index as they are: a search reads these texts.
CREATE TABLE unindexed (
  document BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO unindexed SELECT document FROM card UNION SELECT document FROM contact;

CREATE TRIGGER card_made AFTER INSERT ON card BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER card_renamed AFTER UPDATE OF name ON card WHEN new.name <> old.name BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_made AFTER INSERT ON contact BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_renamed AFTER UPDATE OF given_name, family_name ON contact
  WHEN new.given_name <> old.given_name OR new.family_name <> old.family_name BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;

-- A document that is gone has no texts: what the index has of it goes in the background, because each word is
-- overwritten.
CREATE TRIGGER card_gone AFTER DELETE ON card BEGIN
  INSERT INTO unindexed VALUES (old.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_gone AFTER DELETE ON contact BEGIN
  INSERT INTO unindexed VALUES (old.document) ON CONFLICT DO NOTHING;
END;

-- A part names its document, which has other texts then.
CREATE TRIGGER todo_made AFTER INSERT ON todo BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER todo_reworded AFTER UPDATE OF text, open ON todo
  WHEN new.text <> old.text OR new.open <> old.open BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER todo_gone AFTER DELETE ON todo BEGIN
  INSERT INTO unindexed VALUES (old.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER entry_made AFTER INSERT ON entry BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER entry_reworded AFTER UPDATE OF text ON entry WHEN new.text <> old.text BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER entry_gone AFTER DELETE ON entry BEGIN
  INSERT INTO unindexed VALUES (old.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER detail_made AFTER INSERT ON detail BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER detail_rewritten AFTER UPDATE OF value ON detail WHEN new.value <> old.value BEGIN
  INSERT INTO unindexed VALUES (new.document) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER detail_gone AFTER DELETE ON detail BEGIN
  INSERT INTO unindexed VALUES (old.document) ON CONFLICT DO NOTHING;
END;
