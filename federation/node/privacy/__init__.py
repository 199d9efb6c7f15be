"""What hides people in an answer that leaves: noise, its books, and what may stand in a reply."""
