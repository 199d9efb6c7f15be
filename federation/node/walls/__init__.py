"""How a job is started and shut in."""
