"""Tables of the privacy ledger, in the node's own state file. See ``ledger.py``."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS noised_grants (
    number INTEGER PRIMARY KEY AUTOINCREMENT, dataset TEXT NOT NULL, file TEXT NOT NULL,
    grant_digest TEXT NOT NULL, ids TEXT NOT NULL, unit TEXT NOT NULL, noise TEXT NOT NULL,
    rounds INTEGER NOT NULL CHECK (rounds > 0), epsilon TEXT NOT NULL, delta TEXT NOT NULL,
    not_after TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (dataset, grant_digest));
CREATE TABLE IF NOT EXISTS noised_rounds (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    noised_grant INTEGER NOT NULL REFERENCES noised_grants, at TEXT NOT NULL,
    became TEXT NOT NULL CHECK (became IN ('reserved', 'left', 'freed')));
CREATE TRIGGER IF NOT EXISTS noised_grants_stay BEFORE DELETE ON noised_grants
    BEGIN SELECT RAISE(ABORT, 'the privacy ledger is never shortened'); END;
CREATE TRIGGER IF NOT EXISTS noised_grants_same BEFORE UPDATE ON noised_grants
    BEGIN SELECT RAISE(ABORT, 'the privacy ledger is never changed'); END;
CREATE TRIGGER IF NOT EXISTS noised_rounds_stay BEFORE DELETE ON noised_rounds
    BEGIN SELECT RAISE(ABORT, 'the privacy ledger is never shortened'); END;
CREATE TRIGGER IF NOT EXISTS noised_rounds_begin BEFORE INSERT ON noised_rounds
    WHEN NEW.became <> 'reserved'
    BEGIN SELECT RAISE(ABORT, 'a round is reserved before it is settled'); END;
CREATE TRIGGER IF NOT EXISTS noised_rounds_settle BEFORE UPDATE ON noised_rounds
    WHEN OLD.became <> 'reserved' OR NEW.became = 'reserved' OR NEW.number <> OLD.number
        OR NEW.noised_grant <> OLD.noised_grant OR NEW.at <> OLD.at
    BEGIN SELECT RAISE(ABORT, 'a round is settled once and for good'); END;
"""
