-- The log of an organisation, its documents, and who sees them.
--
-- A principal or feed is a key of one byte, followed by the 16 bytes of a user's id if it has one: x'00'
-- staff (every user but Restricted ones), x'01' everyone, x'02' one user, x'03' a user's private documents.
-- Absent ids are nil.

-- One row for each accepted change, change of audience, settings change, purge and move, in one order.
create table log (
    org_id uuid not null references organisation (id),
    seq bigint not null,
    -- 0 change, 1 first change of a document, 2 audience, 3 settings, 4 purge, 5 moved to another id.
    entry smallint not null,
    -- The scope that reads it: staff, a user's private key, or nobody (empty) for settings.
    feed bytea not null,
    -- The document, or the settings row's id.
    document uuid not null,
    -- The document type, or the kind of the settings row.
    kind bigint not null,
    -- Of a change, its hash; of another entry, a hash over its content.
    hash bytea not null,
    actor bytea not null,
    actor_seq bigint not null,
    author uuid not null,
    device uuid not null,
    -- 0: a plain edit, without an id.
    origin_kind bigint not null,
    origin_id bytea not null,
    received_at bigint not null,
    -- SHA-256 over the chain before it, seq, entry, document and hash; not over the bytes, because a
    -- purge empties them.
    chain bytea not null,
    bytes bytea not null,
    primary key (org_id, seq)
);

create unique index log_hash on log (org_id, document, hash);
create index log_feed on log (org_id, feed, seq);

-- A document as it is after the last entry of the log about it.
create table document (
    org_id uuid not null references organisation (id),
    id uuid not null,
    kind bigint not null,
    -- Staff, or a user's private key.
    feed bytea not null,
    creator uuid not null,
    -- It grows with everything on which the judgement of the next change depends.
    version bigint not null,
    -- The digest term of its heads.
    term bytea not null,
    -- The last entry of the log that changed it.
    as_of bigint not null,
    -- The first entry of the log about it.
    since bigint not null,
    ops bigint not null,
    heads bytea not null,
    saved bytea not null,
    authors bytea not null,
    -- The domain's rows, facts included, and the version of the functions that made them.
    rows bytea not null,
    projection_version bigint not null,
    primary key (org_id, id)
);

create index document_feed on document (org_id, feed, id, term);

-- Ids that were purged and are never used again.
create table purged (
    org_id uuid not null references organisation (id),
    document uuid not null,
    seq bigint not null,
    primary key (org_id, document)
) /* on SQLite: without rowid */;

-- What was purged since a cursor.
create index purged_seq on purged (org_id, seq);

-- The device of each actor: the one that first pushed a change under it.
create table actor (
    org_id uuid not null references organisation (id),
    actor bytea not null,
    -- Nil: the server's own.
    device uuid not null,
    primary key (org_id, actor)
) /* on SQLite: without rowid */;

-- Principals that see a card or contact, Restricted users among them.
create table audience (
    org_id uuid not null references organisation (id),
    principal bytea not null,
    document uuid not null,
    primary key (org_id, principal, document)
) /* on SQLite: without rowid */;

create index audience_document on audience (org_id, document, principal);

-- Log entries by the principals that saw the document before them or see it after them.
create table fanout (
    org_id uuid not null references organisation (id),
    principal bytea not null,
    seq bigint not null,
    document uuid not null,
    saw boolean not null,
    sees boolean not null,
    primary key (org_id, principal, seq)
) /* on SQLite: without rowid */;

-- What documents link to.
create table link (
    org_id uuid not null references organisation (id),
    source uuid not null,
    target uuid not null,
    -- The document type of the source: contacts pass visibility on.
    source_kind bigint not null,
    primary key (org_id, source, target)
) /* on SQLite: without rowid */;

create index link_target on link (org_id, target);

-- The number of paths by which a principal that sees cards sees a linked document, directly or through a
-- contact.
create table visibility (
    org_id uuid not null references organisation (id),
    document uuid not null,
    principal bytea not null,
    -- How many cards link to it themselves.
    direct bigint not null,
    -- These, and the paths through a contact.
    paths bigint not null,
    primary key (org_id, document, principal)
) /* on SQLite: without rowid */;

-- The sums of digest terms, by principal.
create table digest (
    org_id uuid not null references organisation (id),
    principal bytea not null,
    documents bigint not null,
    sum bytea not null,
    primary key (org_id, principal)
) /* on SQLite: without rowid */;

-- Todos by assignee, for the first page of a first sync and for jobs.
create table todo (
    org_id uuid not null references organisation (id),
    document uuid not null,
    part bytea not null,
    assignee uuid not null,
    is_open boolean not null,
    -- Open: from when it is overdue in UTC, or the greatest number without a due. Closed: when it was.
    at bigint not null,
    primary key (org_id, document, part)
) /* on SQLite: without rowid */;

create index todo_assignee on todo (org_id, assignee, is_open, at);

-- Retained closings: closed todos of a card whose closer is not in its audience any more, as they were when
-- the closer left the audience or last changed the card. The closer's phones keep them, so that totals stay
-- right (C6).
create table retained_closing (
    org_id uuid not null references organisation (id),
    user_id uuid not null,
    document uuid not null,
    part bytea not null,
    state text not null,
    closed_at bigint not null,
    primary key (org_id, user_id, document, part)
) /* on SQLite: without rowid */;

create index retained_closing_document on retained_closing (org_id, document, user_id);

-- Changes of documents that devices re-upload in parts, until the last part comes: one document for each
-- device, and an hour at most.
create table reupload_part (
    org_id uuid not null references organisation (id),
    device uuid not null,
    -- How many changes stand before this part, and how many are in it.
    begins bigint not null,
    changes bigint not null,
    document uuid not null,
    -- What the last part must bear, too.
    receipt bytea not null,
    at bigint not null,
    -- How many bytes the changes have; and they, as a CBOR array of byte strings.
    size bigint not null,
    bytes bytea not null,
    primary key (org_id, device, begins)
);

-- Sockets of ended sessions are closed. Partial: an index that also had the sessions that go on, nearly all of
-- them, was taken by SQLite instead of the primary key.
create index session_ended on session (org_id, ended_at) where ended_at > 0;
