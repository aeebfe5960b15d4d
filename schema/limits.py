"""What one operation may ask for, decided from its text and variables before any SQL runs.

Two sets of figures: for whoever is signed in, and for the anonymous public. Here are they and the form of a text;
`schema.costs` counts the rows that it may lead to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from hub.kit.errors import CostExceeded


@dataclass(frozen=True)
class Limits:
    """The borders of one kind of caller; each is the last value that is still allowed."""

    page: int
    cost: int
    tokens: int
    letters: int
    depth: int = 12
    aliases: int = 30
    directives: int = 3


# To read a letter takes up to 0.8 µs: 300 texts a minute as long as this from one stranger are a twelfth of a core.
SIGNED_IN = Limits(page=1_000, cost=20_000, tokens=2_000, letters=100_000)
ANONYMOUS = Limits(page=100, cost=2_000, tokens=1_000, letters=20_000)


def limits_for(signed_in: bool) -> Limits:
    """The borders for a caller."""
    return SIGNED_IN if signed_in else ANONYMOUS


class Shape(NamedTuple):
    """What a text shows before anything is known about the schema; `directives` is the most on one node."""

    letters: int
    tokens: int
    depth: int
    aliases: int
    directives: int


def measure(document: DocumentNode) -> Shape:
    """The shape of a parsed text; of several operations, the largest figures."""
    reader = _ShapeReader(document)
    measured = [reader.measure(operation.selection_set) for operation in reader.operations]
    return Shape(
        _letters(document),
        document.token_count,
        max((depth for depth, _ in measured), default=0),
        max((aliases for _, aliases in measured), default=0),
        max((len(directives) for directives in _directives(document)), default=0),
    )


def bytes_of(document: DocumentNode) -> int:
    """What a parsed text takes of memory, about: its tokens, and its letters, which stand in the text and in them.

    Of few tokens it may still be long, by a comment or a word.
    """
    return 350 * document.token_count + 8 * _letters(document)


def _letters(document: DocumentNode) -> int:
    return len(document.loc.source.body) if document.loc else 0


def check_shape(shape: Shape, limits: Limits) -> None:
    """Refuse by the text alone. Raises CostExceeded.

    Runs before validation, whose time grows with the square of overlapping fields.
    """
    check_letters(shape.letters, limits)
    check_tokens(shape.tokens, limits)
    most = limits.directives
    refuse("số chỉ thị trên một trường", "directives on a field", shape.directives, most, limits)
    refuse("độ sâu", "depth", shape.depth, limits.depth, limits)
    refuse("số bí danh", "aliases", shape.aliases, limits.aliases, limits)


def check_letters(letters: int, limits: Limits) -> None:
    """Refuse a text that is too long to be read. Raises CostExceeded."""
    refuse(
        "độ dài văn bản (ký tự; giá trị dài nên đặt trong biến)",
        "letters of the text (long values go in variables)",
        letters,
        limits.letters,
        limits,
    )


def check_tokens(tokens: int, limits: Limits) -> None:
    """Refuse a text that has too many parts to be looked at. Raises CostExceeded."""
    refuse("số từ tố", "tokens", tokens, limits.tokens, limits)


def refuse(what_vi: str, what_en: str, found: int, most: int, limits: Limits) -> None:
    """Raises CostExceeded where more is found than there may be."""
    if found > most:
        higher = (
            ("; người đã đăng nhập có giới hạn cao hơn", "; the limits of a signed-in caller are higher")
            if limits is ANONYMOUS
            else ("", "")
        )
        raise CostExceeded(
            f"Yêu cầu vượt giới hạn {what_vi}: {found} (tối đa {most}). Hãy chia nhỏ yêu cầu "
            f"hoặc giảm kích thước trang{higher[0]}.",
            f"The operation exceeds the limit of {what_en}: {found} (at most {most}). Split it or ask "
            f"for smaller pages{higher[1]}.",
        )


def _directives(document: DocumentNode) -> Iterator[tuple[DirectiveNode, ...]]:
    """The directives of every node that has any; a walk without recursion, since the text is hostile."""
    stack: list[Any] = list(document.definitions)
    while stack:
        node = stack.pop()
        directives = getattr(node, "directives", None)
        if directives:
            yield tuple(directives)
        selection_set = getattr(node, "selection_set", None)
        if selection_set is not None:
            stack.extend(selection_set.selections)


def fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a text by their names."""
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


class _ShapeReader:
    """Depth and aliases with fragments spread out; each fragment is measured once, a cycle counts nothing."""

    def __init__(self, document: DocumentNode) -> None:
        self.operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._fragments = fragments(document)
        self._known: dict[str, tuple[int, int]] = {}

    def measure(self, selection_set: SelectionSetNode | None) -> tuple[int, int]:
        """Depth and number of aliases below this selection set."""
        depth = aliases = 0
        for node in selection_set.selections if selection_set else ():
            deeper, more = self._one(node)
            depth, aliases = max(depth, deeper), aliases + more
        return depth, aliases

    def _one(self, node: Any) -> tuple[int, int]:
        if isinstance(node, FieldNode):
            aliased = int(node.alias is not None)
            if node.name.value.startswith("__"):
                return 0, aliased
            depth, aliases = self.measure(node.selection_set)
            return depth + 1, aliases + aliased
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        return self.measure(node.selection_set)

    def _fragment(self, name: str) -> tuple[int, int]:
        if name not in self._known:
            self._known[name] = (0, 0)  # seen while it is being measured: a cycle, which validation reports
            fragment = self._fragments.get(name)
            self._known[name] = self.measure(fragment.selection_set if fragment else None)
        return self._known[name]
