"""Reminders of returns (đôn đốc): who is reminded when, the outbox of their mails, what is asked of a visitor now.

`schedule` is the law (days), `reminding` writes reminders and mails in one transaction, `sending` carries mails out.
"""
