"""Vietnamese text: one form to store, one to search by, one to sort by, and the fonts of before Unicode.

`fold` repeats in Python what the database function `hub_fold` does with `unaccent`, so that a word typed by a
reader and a word stored in a column meet. `sort_key` replaces ICU, which no installable PostgreSQL carries:
stored beside the text and compared under COLLATE "C" it gives the order of a Vietnamese dictionary, with
numbers in natural order (1, 2, 10). TCVN3 and VNI are single-byte fonts that most registers typed before 2005
still use; they look like Latin-1, so they are recognised by the evidence of a whole column, never of one cell.
"""

# ruff: noqa: E501 (tables of words)

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

__all__ = [
    "fold",
    "folded_words",
    "from_tcvn3",
    "from_vni",
    "legacy_encoding",
    "nfc",
    "sort_key",
    "unlegacy",
]


_T = TypeVar("_T")
KEPT_WORDS = 1 << 16  # how many words are remembered, folded and as keys
KEPT_LENGTH = 40  # of letters; what is longer is no word


def nfc(text: str) -> str:
    """The text in normal form C, the only form that is stored."""
    return (
        text
        if text.isascii() or unicodedata.is_normalized("NFC", text)
        else unicodedata.normalize("NFC", text)
    )


# ---- fold ------------------------------------------------------------------------------------------------

# Letters and signs that unaccent.rules (PostgreSQL 15 and newer agree on these) replaces by other than their base.
_UNACCENT = {
    "¡": "!", "©": "(C)", "«": "<<", "\xad": "-", "®": "(R)", "±": "+/-", "»": ">>", "¼": " 1/4", "½": " 1/2",
    "¾": " 3/4", "¿": "?", "Æ": "AE", "Ð": "D", "×": "*", "Ø": "O", "Þ": "TH", "ß": "ss", "æ": "ae", "ð": "d",
    "÷": "/", "ø": "o", "þ": "th", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Ĳ": "IJ", "ĳ": "ij",
    "ĸ": "q", "Ŀ": "L", "ŀ": "l", "Ł": "L", "ł": "l", "ŉ": "'n", "Ŋ": "N", "ŋ": "n", "Œ": "OE", "œ": "oe",
    "Ŧ": "T", "ŧ": "t", "ſ": "s", "Ё": "Е", "ё": "е", "ẞ": "SS", "‐": "-", "‑": "-", "‒": "-", "–": "-",
    "—": "-", "―": "-", "‖": "||", "‘": "'", "’": "'", "‚": ",", "‛": "'", "“": '"', "”": '"', "„": ",,",
    "‟": '"', "․": ".", "‥": "..", "…": "...", "′": "'", "″": '"', "‹": "<", "›": ">", "‼": "!!", "⁄": "/",
    "№": "No",
}  # fmt: skip
_PUNCTUATION = {ord(sign): " " for sign in string.punctuation}


class _FoldTable(dict[int, str]):
    """Fills itself: each character is worked out once in the life of the process."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = _UNACCENT.get(char)
        if plain is None:
            plain = "" if 0x300 <= code <= 0x362 else char
            base = unicodedata.normalize("NFD", char)[0]
            if (base.isascii() and base.isalpha()) or "Α" <= base <= "ω":
                plain = base
        self[code] = folded = plain.lower().translate(_PUNCTUATION)
        return folded


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """The text in lower case without diacritics, đ as d, ASCII punctuation as spaces: equal to `hub_fold`."""
    return nfc(text).translate(_FOLD)


class _Words(dict[str, _T]):
    """What was made of the words met before: titles share most of theirs, but hardly their numbers."""

    def __init__(self, of_word: Callable[[str], _T], of_number: Callable[[str], _T]) -> None:
        super().__init__()
        self._of_word, self._of_number = of_word, of_number

    def __missing__(self, word: str) -> _T:
        if word.isascii() and word.isdigit():
            return self._of_number(word)
        made = self._of_word(word)
        if len(word) <= KEPT_LENGTH:
            if len(self) >= KEPT_WORDS:
                self.clear()
            self[word] = made
        return made


_FOLDED_WORDS = _Words(lambda word: " ".join(fold(word).split()), str)


def folded_words(text: str) -> str:
    """The words of the folded text, one blank between two."""
    return " ".join(filter(None, map(_FOLDED_WORDS.__getitem__, text.split())))


# ---- sort key --------------------------------------------------------------------------------------------

_LETTERS = {letter: chr(0x41 + place) for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_MARKS = {
    "\u0306": {"a": "ă"},
    "\u0302": {"a": "â", "e": "ê", "o": "ô"},
    "\u031b": {"o": "ơ", "u": "ư"},
}
_SIGNS = {sign: chr(0x21 + place % 15) for place, sign in enumerate("_-,;:!?./`^~'\"()[]{}@$*\\&#%+<=>|")}
_NUMBER_OR_CHAR = re.compile(r"[0-9]+|.", re.DOTALL)
KEY_LENGTH = 300  # letters of the text that count: a btree entry ends at 2,704 bytes


_Key = tuple[str, str, str]  # letters, tones and case, each of equal length


def _number_key(digits: str) -> _Key:
    value = digits.lstrip("0")
    size = chr(0x30 + len(value)) if len(value) < 15 else f"\x3f{len(value):03d}"
    key = size + value
    zeros = min(len(digits) - len(value), 8)
    return key, "0" * len(key), str(zeros + 1 if zeros else 0) + "0" * (len(key) - 1)


def _word_key(word: str) -> _Key:
    letters: list[str] = []
    tones: list[str] = []
    cases: list[str] = []
    last = ""
    for piece in _NUMBER_OR_CHAR.findall(unicodedata.normalize("NFD", word)):
        if piece[0].isascii() and piece[0].isdigit():
            key, flat, zeros = _number_key(piece)
            letters.append(key)
            tones.append(flat)
            cases.append(zeros)
            last = ""
            continue
        lower = piece.lower()
        if piece in _TONES:
            if last:
                tones[-1] = _TONES[piece]
        elif piece in _MARKS and last in _MARKS[piece]:
            letters[-1] = _LETTERS[_MARKS[piece][last]]
        elif not unicodedata.combining(piece):
            last = lower if lower in _LETTERS else ""
            letters.append(_LETTERS.get(lower) or _SIGNS.get(piece) or (lower[0] if lower > "\x7f" else "!"))
            tones.append("0")
            cases.append("0" if piece == lower else "1")
    return "".join(letters), "".join(tones), "".join(cases)


_WORD_KEYS = _Words(_word_key, _number_key)


def sort_key(text: str) -> str:
    """A key that sorts under COLLATE "C" as a Vietnamese dictionary does.

    Letters decide first (a ă â … đ …), then tones (ngang huyền hỏi ngã sắc nặng), then small before capital;
    a number sorts by its value. Only the first `KEY_LENGTH` characters count. Trailing zeros of the two lower
    levels are dropped, which keeps the order and a third of the bytes.
    """
    words = text[:KEY_LENGTH].split()
    if not words:
        return ""
    letters, tones, cases = zip(*map(_WORD_KEYS.__getitem__, words), strict=True)
    primary = " ".join(letters)[:KEY_LENGTH]
    second = "0".join(tones)[:KEY_LENGTH].rstrip("0")
    third = "0".join(cases)[:KEY_LENGTH].rstrip("0")
    return f"{primary}\x01{second}\x01{third}" if third else f"{primary}\x01{second}" if second else primary


# ---- fonts of before Unicode -----------------------------------------------------------------------------

_TCVN3_CODES = (
    "àµ ả¶ ã· á¸ ạ¹ ă¨ ằ» ẳ¼ ẵ½ ắ¾ ặÆ â© ầÇ ẩÈ ẫÉ ấÊ ậË đ® èÌ ẻÎ ẽÏ éÐ ẹÑ êª ềÒ ểÓ ễÔ ếÕ ệÖ ì× ỉØ ĩÜ íÝ ịÞ òß ỏá õâ óã ọä ô«"
    " ồå ổæ ỗç ốè ộé ơ¬ ờê ởë ỡì ớí ợî ùï ủñ ũò úó ụô ư\xad ừõ ửö ữ÷ ứø ựù ỳú ỷû ỹü ýý ỵþ Ă¡ Â¢ Ê£ Ô¤ Ơ¥ Ư¦ Đ§"
)
_TCVN3 = {ord(pair[1]): pair[0] for pair in _TCVN3_CODES.split(" ")} | {0x3BC: "à"}  # Greek mu: µ after NFKC
_TCVN3_SIGN = re.compile("[µ¶·¸¹¨»¼½¾©®ª«¬\xad×÷¡¢£¤¥¦§μ]")

_VNI_VOWELS = {"ô": "ơ", "ö": "ư"}
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_ALONE = {
    "ñ": "đ",
    "ô": "ơ",
    "ö": "ư",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}


def _vni_pairs() -> dict[str, str]:
    pairs: dict[str, str] = dict(_VNI_ALONE)
    for base in ("a", "e", "o", "u", "y", "ô", "ö"):
        for mark, combining in _VNI_MARKS.items():
            if ("\u0306" in combining and base != "a") or ("\u0302" in combining and base not in "aeo"):
                continue
            pairs[base + mark] = unicodedata.normalize("NFC", _VNI_VOWELS.get(base, base) + combining)
    capitals = {pair.upper(): letter.upper() for pair, letter in pairs.items()}
    mixed = {pair[0].upper() + pair[1:]: letter.upper() for pair, letter in pairs.items()}
    return mixed | capitals | pairs


_VNI = _vni_pairs()
_VNI_CODE = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_LATIN1_WORD = re.compile(r"[A-Za-z\xa1-\xffμ]*[\xa1-\xffμ][A-Za-z\xa1-\xffμ]*")
_UNICODE_ONLY = re.compile("[ĂăĐđĨĩŨũƠơƯư\u0300-\u0303\u0306\u0309\u031b\u0323Ạ-ỹ]")

# A written Vietnamese syllable once its tone is taken off: onset, rhyme. Wide on purpose (loan spellings pass).
_ONSET = "ngh|ng|nh|gh|gi|kh|ch|ph|th|tr|qu|[bcdđghklmnprstvx]"
_RHYME = (
    "(?:a|ă|â|e|ê|i|o|ô|ơ|u|ư|y|oă|oa|oe|uâ|uê|uơ|uy|uyê|ia|iê|yê|ya|ua|uô|ưa|ươ|oo)(?:ch|ng|nh|[cmnpt])?"
    "|a[iouy]|â[uy]|eo|êu|iu|o[ai]|ô[i]|ơi|u[ai]|ư[aiu]|iêu|yêu|oa[iyo]|oeo|uây|uôi|uya|uyu|ươ[iu]"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_RHYME})")
_BAD_ONSET = re.compile("^(?:c[eêiy]|k[aăâoôơuư]|g[eêy]|gh[aăâoôơuưy]|ng[eêiy]|ngh[aăâoôơuưy])")
_TONE_CHARS = re.compile("[\u0300\u0309\u0303\u0301\u0323]")


@lru_cache(maxsize=1 << 15)
def _is_syllable(word: str) -> bool:
    """Does the word, read as Unicode, spell a Vietnamese syllable with at least one mark in a lawful place?"""
    bare = unicodedata.normalize("NFD", word.lower())
    if len(_TONE_CHARS.findall(bare)) > 1:
        return False
    bare = unicodedata.normalize("NFC", _TONE_CHARS.sub("", bare))
    return bool(_SYLLABLE.fullmatch(bare)) and not _BAD_ONSET.match(bare)


def _shouts(text: str) -> bool:
    plain = [char for char in text if char.isascii() and char.isalpha()]
    return len(plain) > 1 and all(map(str.isupper, plain))


def from_tcvn3(text: str) -> str:
    """Text typed in a TCVN3 (ABC, .VnTime) font as Unicode. Call it only when the column was recognised.

    TCVN3 has no codes for most accented capitals; a capital font shows them: QUYÕT §ÞNH is QUYẾT ĐỊNH.
    """
    capitals = _shouts(text)

    def convert(match: re.Match[str]) -> str:
        word = match[0].translate(_TCVN3)
        return word.upper() if capitals or _shouts(match[0]) else word

    return _LATIN1_WORD.sub(convert, text)


def from_vni(text: str) -> str:
    """Text typed in a VNI font (VNI-Times) as Unicode. Call it only when the column was recognised."""
    return _VNI_CODE.sub(lambda m: _VNI[m[0]], text)


_CONVERT = {"tcvn3": from_tcvn3, "vni": from_vni}
_MINIMUM_EVIDENCE = 3  # different words: fewer could be a French name


def legacy_encoding(text: str | Iterable[str]) -> str | None:
    """`tcvn3`, `vni` or None for the texts of one column or sheet taken together.

    A font is named only when most marked words are no Vietnamese as they stand, and are Vietnamese once
    converted; cells that hold true Vietnamese letters give no evidence, so a mixed column is recognised too.
    """
    words: set[str] = set()
    for cell in (text,) if isinstance(text, str) else text:
        if not cell.isascii() and not _UNICODE_ONLY.search(cell):
            words.update(_LATIN1_WORD.findall(cell))
    if len(words) < _MINIMUM_EVIDENCE:
        return None
    as_it_is = sum(map(_is_syllable, words)) / len(words)
    scores = {name: _share(words, name) for name in _CONVERT}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 0.7 and scores[best] - as_it_is >= 0.3 else None


def _share(words: set[str], encoding: str) -> float:
    convert = _CONVERT[encoding]
    return sum(1 for word in words if _is_syllable(convert(word))) / len(words)


def syllable_share(text: str) -> float:
    """Which part of the marked words are Vietnamese syllables; 0 when there is none."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 0.0


def unlegacy(text: str, encoding: str) -> str:
    """One cell of a recognised column as Unicode; a cell that is Unicode Vietnamese already stays as it is."""
    if text.isascii() or _UNICODE_ONLY.search(text):
        return text
    converted = _CONVERT[encoding](text)
    before = _LATIN1_WORD.findall(text)
    gained = sum(map(_is_syllable, map(_CONVERT[encoding], before))) - sum(map(_is_syllable, before))
    foreign = gained < 0 or (gained == 0 and not _TCVN3_SIGN.search(text) and all(map(_is_syllable, before)))
    return text if foreign else nfc(converted)
