"""What ``init`` and ``doctor`` look at. Each check says one thing, and what to do about it."""
