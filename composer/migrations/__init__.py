"""The revisions of the database and what runs them."""
