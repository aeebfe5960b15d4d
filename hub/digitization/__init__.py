"""Digitisation (số hóa): batches of scanning and the pages accepted from them. May import storage and below."""
