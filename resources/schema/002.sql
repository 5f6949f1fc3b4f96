-- Marks, folders, full text and looks. Everything is in the files and journals: the first version's table goes, the
-- scan that follows fills these.
DROP TABLE pictures;
-- Facts, small: the program holds them in memory.
CREATE TABLE pictures (
    id          INTEGER PRIMARY KEY,
    path        TEXT NOT NULL UNIQUE,
    bytes       INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    created_ms  INTEGER NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    model       TEXT NOT NULL,
    sampler     TEXT NOT NULL,
    schedule    TEXT NOT NULL,
    steps       INTEGER NOT NULL,
    cfg         REAL NOT NULL,
    seed        INTEGER NOT NULL, -- 64 bits, the highest one is the sign here
    stars       INTEGER NOT NULL DEFAULT 0,
    label       INTEGER NOT NULL DEFAULT 0,
    flags       INTEGER NOT NULL DEFAULT 0, -- bits of GalleryFlag
    fault       INTEGER NOT NULL DEFAULT 0,
    batch       INTEGER NOT NULL DEFAULT 0,
    branch_step INTEGER NOT NULL DEFAULT 0,
    root        TEXT NOT NULL DEFAULT '',
    parent      TEXT NOT NULL DEFAULT '',
    tags        TEXT NOT NULL DEFAULT '', -- one a line
    collections TEXT NOT NULL DEFAULT '', -- ids, one a line
    hash        BLOB NOT NULL DEFAULT x''
);
CREATE INDEX pictures_newest ON pictures (created_ms DESC, id DESC);
CREATE INDEX pictures_hash ON pictures (hash);
-- Texts, large: read for what is looked at.
CREATE TABLE texts (
    id       INTEGER PRIMARY KEY,
    prompt   TEXT NOT NULL,
    negative TEXT NOT NULL,
    tags     TEXT NOT NULL DEFAULT '',
    note     TEXT NOT NULL DEFAULT '',
    name     TEXT NOT NULL DEFAULT '',
    recipe   BLOB NOT NULL -- compact JSON; empty if the file has none
);
CREATE VIRTUAL TABLE words USING fts5 (prompt, negative, tags, note, name, content = 'texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');
CREATE TRIGGER texts_came AFTER INSERT ON texts BEGIN
    INSERT INTO words (rowid, prompt, negative, tags, note, name) VALUES (new.id, new.prompt, new.negative, new.tags, new.note, new.name);
END;
CREATE TRIGGER texts_went AFTER DELETE ON texts BEGIN
    INSERT INTO words (words, rowid, prompt, negative, tags, note, name) VALUES ('delete', old.id, old.prompt, old.negative, old.tags, old.note, old.name);
END;
CREATE TRIGGER texts_changed AFTER UPDATE OF prompt, negative, tags, note, name ON texts BEGIN
    INSERT INTO words (words, rowid, prompt, negative, tags, note, name) VALUES ('delete', old.id, old.prompt, old.negative, old.tags, old.note, old.name);
    INSERT INTO words (rowid, prompt, negative, tags, note, name) VALUES (new.id, new.prompt, new.negative, new.tags, new.note, new.name);
END;
CREATE TABLE looks (
    id   INTEGER PRIMARY KEY,
    look BLOB NOT NULL -- pictureLook(); empty: it could not be made
);
CREATE TABLE collections (
    id    TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    kind  INTEGER NOT NULL,
    query TEXT NOT NULL
);
PRAGMA user_version = 2;
