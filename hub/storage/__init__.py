"""Digital objects (tệp tin, đối tượng số) and their evidence: format, fixity, signatures.

The bytes live in object storage keyed by SHA-256; here stand the records about them. May import records and below.
"""
