"""Serving readers (phục vụ độc giả): publications with a service level, and requests to use records.

May import transfers, digitization, storage, records and below.
"""
