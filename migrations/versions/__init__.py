"""The revisions, oldest first by name; each says in one line what it does."""
