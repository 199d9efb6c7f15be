"""Who is in the data, and what of it a job may see."""
