-- Index of the pictures folder. The files hold the truth: this can be thrown away and made again.
CREATE TABLE pictures (
    id          INTEGER PRIMARY KEY,
    path        TEXT NOT NULL UNIQUE,
    bytes       INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    created_ms  INTEGER NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    prompt      TEXT NOT NULL,
    negative    TEXT NOT NULL,
    model       TEXT NOT NULL,
    sampler     TEXT NOT NULL,
    schedule    TEXT NOT NULL,
    steps       INTEGER NOT NULL,
    cfg         REAL NOT NULL,
    seed        INTEGER NOT NULL, -- 64 bits, the highest one is the sign here
    stars       INTEGER NOT NULL DEFAULT 0,
    recipe      BLOB NOT NULL     -- compact JSON; empty if the file has none
);
CREATE INDEX pictures_newest ON pictures (created_ms DESC, id DESC);
PRAGMA user_version = 1;
