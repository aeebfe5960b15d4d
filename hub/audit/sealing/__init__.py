"""How the audit trail proves itself: leaves, Merkle trees, signed seals, their heads outside the database.

    seal_all(seam, key, heads)          everything that is settled, sealed and exported
    verify(session, keys, heads)        what does not fit any more, and where
    proof_of(session, event_id)         what an outsider needs to check one event with the public key alone

Writers take no lock: an event is one plain row of the deed's transaction. A seal covers the transactions below the
oldest running one, so nothing falls into it later. May import hub.audit.models, hub.settings, hub.kit.
"""
