"""The same answers made another way: graphql-core over plain rows, each row asked of the point check.

Nothing here is shared with the compiler but the printed schema and the written form of cursors. Start at answers.py.
"""

from tests.schema.reads.reference.answers import Reference
from tests.schema.reads.reference.pages import holds_words

__all__ = ["Reference", "holds_words"]
