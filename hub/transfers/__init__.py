"""Transfers (giao nộp) from agencies to the Historical Archive. May import digitization, storage, records and below."""
