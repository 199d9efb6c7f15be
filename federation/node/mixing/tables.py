"""Tables of secure aggregation, in the node's own state file. See ``memory.py``."""

SCHEMA = """
PRAGMA secure_delete=ON;
CREATE TABLE IF NOT EXISTS mixings (
    flower_run TEXT NOT NULL, round INTEGER NOT NULL, grant_id TEXT NOT NULL,
    step TEXT NOT NULL, begun TEXT NOT NULL, secrets TEXT,
    PRIMARY KEY (flower_run, round));
CREATE TABLE IF NOT EXISTS sums_opened (grant_id TEXT PRIMARY KEY, communities TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS sums_opened_same BEFORE UPDATE ON sums_opened
    BEGIN SELECT RAISE(ABORT, 'which nodes a sum was of is never changed'); END;
"""
