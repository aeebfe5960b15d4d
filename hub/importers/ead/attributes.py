"""Names that EAD 2002 and EAD3 give to attributes; another name is said aloud and its value kept."""

# ruff: noqa: E501 (tables of words)

from __future__ import annotations

KNOWN_NAMESPACES = frozenset({
    "",
    "urn:isbn:1-931666-22-9",
    "http://ead3.archivists.org/schema/",
    "http://ead3.archivists.org/schema/undeprecated/",
})  # fmt: skip

_EAD_2002 = """
    actuate align altrender arcrole audience authfilenumber calendar callnum certainty char charoff cols colname colnum
    colsep colwidth continuation countrycode countryencoding dateencoding datechar encodinganalog entityref era findaidstatus
    frame from href id identifier label langcode langencoding level linktype listtype mainagencycode mark morerows nameend
    namest normal numeration otherlevel othertype parent pgwide publicid relatedencoding render repositorycode
    repositoryencoding role rowsep rules scriptcode scriptencoding show source spanname target title tocentry to tpattern type
    unit url urn valign xpointer
"""
_EAD_3 = """
    approximate base containerid coverage daotype dsctype conventiondeclaration converter dateencoding instanceurl
    lang langcode lastdatetimeverified linkrole linktitle listtype localtype localtypedeclaration mediatype notafter notbefore
    otherdaotype otherdsctype otherphysdescstructuredtype otherrelationtype physdescstructuredtype placeholder rend
    relationtype script standarddate standarddatetime transliteration unitdatetype value vocabularysource
    vocabularysourceuri
"""
_XML = "base id lang nil noNamespaceSchemaLocation schemaLocation space type"

KNOWN_ATTRIBUTES = frozenset(f"{_EAD_2002} {_EAD_3} {_XML}".split())
