"""Search (placeholder until the page of hits is written)."""
