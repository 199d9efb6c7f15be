"""Tables about who was in the data, in the node's own state file: marks and counts, never an id."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS optout_versions (
    dataset TEXT PRIMARY KEY, version INTEGER NOT NULL CHECK (version > 0), digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cohorts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, dataset TEXT NOT NULL, file TEXT NOT NULL,
    people INTEGER NOT NULL, digest BLOB NOT NULL, marks BLOB NOT NULL, UNIQUE (dataset, digest));
CREATE TABLE IF NOT EXISTS cohort_grants (
    cohort INTEGER NOT NULL REFERENCES cohorts, grant_digest TEXT NOT NULL,
    PRIMARY KEY (cohort, grant_digest)) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS optout_versions_rise BEFORE UPDATE ON optout_versions
    WHEN NEW.version <= OLD.version
    BEGIN SELECT RAISE(ABORT, 'the version of an opt-out list only rises'); END;
CREATE TRIGGER IF NOT EXISTS optout_versions_stay BEFORE DELETE ON optout_versions
    BEGIN SELECT RAISE(ABORT, 'the version of an opt-out list only rises'); END;
CREATE TRIGGER IF NOT EXISTS cohorts_stay BEFORE DELETE ON cohorts
    BEGIN SELECT RAISE(ABORT, 'who was in a run is never forgotten'); END;
CREATE TRIGGER IF NOT EXISTS cohorts_same BEFORE UPDATE ON cohorts
    BEGIN SELECT RAISE(ABORT, 'who was in a run is never changed'); END;
CREATE TRIGGER IF NOT EXISTS cohort_grants_stay BEFORE DELETE ON cohort_grants
    BEGIN SELECT RAISE(ABORT, 'who was in a run is never forgotten'); END;
CREATE TRIGGER IF NOT EXISTS cohort_grants_same BEFORE UPDATE ON cohort_grants
    BEGIN SELECT RAISE(ABORT, 'who was in a run is never changed'); END;
"""
