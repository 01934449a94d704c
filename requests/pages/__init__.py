"""What a page shows, beside the query that fetches it."""
