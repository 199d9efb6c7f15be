"""What the community decided: grants, charters, stops, and whether they allow a message."""
