"""The same rules as row-level security: who may write which row, told to PostgreSQL itself.

    writes(law)                       SQL text: the policies of every guarded table
    reads(law, "file")                the read side, for the tests: an oracle for the predicate
    settings(actor.law, subject)      the subject, as settings of a transaction

One text serves every subject: his agencies and roles come from the settings `hub.…` of the transaction
(`set_config(…, true)`), and what is not set is refused. The application's commands decide, rule by rule; this is
the wall behind them, for the bug that forgets to ask. A row is made and removed as the law says of it, to the word.
It is changed where some deed of the writer reaches, before and after: what follows from a deed touches rows beside
its own (a document registered between two others moves them up), and which deed may follow which state is the
commands' affair. A row is held (FOR UPDATE) where a deed reaches it or what lies in it: a document comes into a file
that is locked.

Reading is not guarded here (`using (true)`): search operators are not leakproof, so that PostgreSQL would ask the
law first and use no index (a thousand times slower, measured).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from policies.enforcer import Rule
from policies.law import Law, Policy
from policies.predicate import PREFIX, Writer, clauses
from policies.resources import RESOURCES
from policies.subject import GRANTABLE_ROLES, Shape, Subject
from policies.words import PERSON_WORDS

# resource → its table. What has no deeds yet, or only jobs write, is not guarded.
TABLES: Mapping[str, str] = {
    "fonds": "fonds",
    "series": "series",
    "file": "file",
    "item": "item",
    "digital": "digital_object",
    "transfer": "transfer",
    "return": "agency_return",
    "exclusion": "exclusion",
    "request": "use_request",
}
# What is kept beside a record, and of which: whoever may hold that one writes it.
BESIDE: Mapping[str, tuple[str, str]] = {
    "fonds_owner": ("fonds_id", "fonds"),
    "fonds_extent": ("fonds_id", "fonds"),
    "state_acceptance": ("fonds_id", "fonds"),
    "item_listing": ("file_id", "file"),
    "page_acceptance": ("file_id", "file"),
    "publication": ("file_id", "file"),
    "transfer_entry": ("transfer_id", "transfer"),
    "return_line": ("return_id", "return"),
    "return_attachment": ("return_id", "return"),
    "return_turn": ("return_id", "return"),
}
GUARDED = (*TABLES.values(), *BESIDE)
APP_ROLE = "hub_app"
SETTING = "hub."
ROLES = f"{SETTING}roles"
DEED = f"{SETTING}deed"
POLICIES = ("hub_read", "hub_create", "hub_change", "hub_delete")
# Bodies that end hand their records on, and what one that moves has sent waits with another: deeds on agencies, by
# people who may write no record otherwise.
SUCCESSION = ("merge", "split", "dissolve", "move")

# What lies in a record: whoever works on it holds the record meanwhile.
_BELOW = {
    "fonds": ("series", "file", "item", "digital"),
    "series": ("series", "file"),
    "file": ("item", "digital"),
    "item": ("digital",),
}

_NO_AGENCY = {"id": "null::bigint"}
_EVERYBODY = Shape(True, tuple((role, True) for role in sorted(GRANTABLE_ROLES)))
_READING = ("read", "download", "export")
_PARAMETER = re.compile(rf"cast\(:({PREFIX}\w+) as ([a-z]+(?:\[\])?)\)")
_NAMED = re.compile(rf"'{re.escape(SETTING)}({PREFIX}\w+)'")
_FILE_STATE = "(select f.state from file f where f.id = {table}.file_id)"


def _setting(name: str, kind: str = "text") -> str:
    """A setting; absent or empty is NULL, and NULL allows nothing."""
    return f"nullif(current_setting('{name}', true), '')::{kind}"


def _once_a_statement(expression: str, kind: str) -> str:
    """What names no row, as an init plan: reckoned once a statement and not for each row."""
    # without the cast `= any((select …))` would be a comparison with rows
    return f"(select {expression})::{kind}"


def _columns(resource: str, table: str) -> dict[str, str]:
    columns = {name: f"{table}.{name}" for name in RESOURCES[resource].names.values()}
    if "file_state" in columns:
        columns["file_state"] = _FILE_STATE.format(table=table)
    return columns


def _bound(sql: str) -> str:
    return _PARAMETER.sub(lambda match: _told(match[1], match[2]), sql)


def _told(parameter: str, kind: str) -> str:
    """A parameter of the law from the settings; agencies of several roles are put together from those of each."""
    names = [PREFIX + part for part in parameter.removeprefix(PREFIX).split("__")]
    return _once_a_statement(" || ".join(_setting(SETTING + name, kind) for name in names), kind)


def _role(role: str) -> str:
    if role == "user":
        return f"{_setting(SETTING + PREFIX + 'uid')} is not null"
    return f"'{role}' = any({_setting(ROLES, 'text[]')})"


def _groups(rules: Iterable[Rule]) -> list[tuple[str, list[Rule]]]:
    """Rules that ask for a place, which the arrays answer, and those of each role that hold wherever it is held."""
    placed: list[Rule] = []
    anywhere: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.role == "anyone" or rule.scope != "any":
            placed.append(rule)
        else:
            anywhere.setdefault(rule.role, []).append(rule)
    return [("", placed), *((_role(role), its) for role, its in sorted(anywhere.items()))]


def predicate(law: Law, resource: str, action: str, columns: Mapping[str, str], gate: str = "") -> str:
    """SQL over settings, true for the rows whoever they describe may do the action to; `gate`: while it holds."""
    rules = [rule for rule in law.rules if (rule.resource, rule.action) == (resource, action)]
    allow, deny = (
        _parts([rule for rule in rules if rule.effect == effect], resource, columns, gate)
        for effect in ("allow", "deny")
    )
    if not allow:
        return "false"
    allowed = _any(allow)
    return f"({allowed} and {_any(deny)} is not true)" if deny else allowed


def _parts(rules: Iterable[Rule], resource: str, columns: Mapping[str, str], gate: str = "") -> list[str]:
    """One condition for each group of rules that says anything else, behind the roles that it is for."""
    writer = Writer(RESOURCES[resource], columns, root=True, fixed={})
    gates: dict[str, list[str]] = {}
    for role, its in _groups(rules):
        found = clauses(its, _EVERYBODY)
        text = writer.text(found.allow or found.deny, ())
        if text != "false":
            gates.setdefault(text, []).append(role)
    parts = []
    for text, roles in gates.items():
        for_whom = [] if "" in roles else [f"({' or '.join(roles)})"]
        tests = [test for test in (gate, *for_whom) if test]
        held = [_once_a_statement(" and ".join(tests), "boolean")] if tests else []
        parts.append(" and ".join([*held, *([_bound(text)] if text != "true" or not held else [])]))
    return parts


def _any(parts: Sequence[str]) -> str:
    return f"({' or '.join(parts)})"


def reads(law: Law, resource: str) -> str:
    """The condition of reading a row."""
    return predicate(law, resource, "read", _columns(resource, TABLES[resource]))


def _once(conditions: Iterable[str]) -> str:
    kept = [one for one in dict.fromkeys(conditions) if one != "false"]
    return _any(kept) if kept else "false"


def _succession(law: Law) -> list[str]:
    """Who merges, splits, dissolves or moves a body, while he does."""
    deeds: dict[str, list[str]] = {}
    for act in SUCCESSION:
        deeds.setdefault(predicate(law, "agency", act, _NO_AGENCY), []).append(act)
    return [
        predicate(law, "agency", acts[0], _NO_AGENCY, f"{_setting(DEED)} in ({_listed(acts)})")
        for acts in deeds.values()
    ]


def _listed(acts: Iterable[str]) -> str:
    return ", ".join(f"'agency:{act}'" for act in acts)


def is_reading(action: str) -> bool:
    """Whether the action leaves the row as it is."""
    return action.startswith(_READING)


def of_place(rules: Iterable[Rule]) -> list[Rule]:
    """What allows, by place and without the states of rows: where the deeds of these rules reach.

    A rule for everywhere keeps what it says of persons; without it, it would say nothing.
    """
    return [rule._replace(condition=_lasting(rule)) for rule in rules if rule.effect == "allow"]


def _lasting(rule: Rule) -> str:
    persons = [token for token in rule.condition.split("+") if token in PERSON_WORDS]
    return "+".join(persons) if persons and rule.scope == "any" else "always"


def _reach(law: Law, resource: str, columns: Mapping[str, str], *, below: bool) -> list[str]:
    """Where some deed on the resource reaches; with `below` also one on what lies in it."""
    among = (resource, *(_BELOW.get(resource, ()) if below else ()))
    changing = (
        rule for rule in law.rules
        if rule.resource in among and not is_reading(rule.action)
        and (below or rule.action not in ("create", "delete"))
    )  # fmt: skip
    return _parts([rule._replace(resource=resource) for rule in of_place(changing)], resource, columns)


def writes(law: Law) -> str:
    """The policies of every guarded table, each marked with the version of the whole."""
    text, mark = _text(law), version(law)
    marks = (
        f"comment on policy {policy} on {table} is '{mark}';" for table in GUARDED for policy in POLICIES
    )
    return "\n".join((text, *marks))


def version(law: Law) -> str:
    """Twelve hexadecimal digits that name the policies as they should be."""
    return hashlib.sha256(_text(law).encode()).hexdigest()[:12]


def _text(law: Law) -> str:
    tables = (_of_table(law, resource, table) for resource, table in TABLES.items())
    beside = (_beside(law, table, *place) for table, place in BESIDE.items())
    return "\n".join((*tables, *beside))


def _of_table(law: Law, resource: str, table: str) -> str:
    columns = _columns(resource, table)
    creates = _once([predicate(law, resource, "create", columns), *_succession(law)])
    stays = _once([*_reach(law, resource, columns, below=False), *_succession(law)])
    deletes = predicate(law, resource, "delete", columns)
    return _policies(table, creates, _held(law, resource, columns), stays, deletes)


def _beside(law: Law, table: str, column: str, resource: str) -> str:
    record = TABLES[resource]
    held = _held(law, resource, _columns(resource, record))
    of_it = f"exists (select from {record} where {record}.id = {table}.{column} and {held})"
    return _policies(table, of_it, of_it, of_it, of_it)


def _held(law: Law, resource: str, columns: Mapping[str, str]) -> str:
    return _once([*_reach(law, resource, columns, below=True), *_succession(law)])


def _policies(table: str, creates: str, held: str, stays: str, deletes: str) -> str:
    return f"""alter table {table} enable row level security;
create policy hub_read on {table} for select to {APP_ROLE} using (true);
create policy hub_create on {table} for insert to {APP_ROLE} with check (
    {creates}
);
create policy hub_change on {table} for update to {APP_ROLE} using (
    {held}
) with check (
    {stays}
);
create policy hub_delete on {table} for delete to {APP_ROLE} using (
    {deletes}
);
"""


def settings(law: Law, subject: Subject) -> dict[str, str]:
    """The subject as settings: his id, his roles, and the agencies that each group of rules asks for."""
    if subject.reads_only:  # an enrolled device writes nothing
        return {**dict.fromkeys((SETTING + name for name in _names(law.policy)), ""), ROLES: ""}
    values = law.values(subject, _names(law.policy))
    told = {SETTING + name: "" if value is None else str(value) for name, value in values.items()}
    return {**told, ROLES: "{" + ",".join(subject.roles) + "}"}


@lru_cache(8)
def _names(policy: Policy) -> tuple[str, ...]:
    law = Law({}, policy=policy)  # no name depends on the agencies, whose tree changes more often
    read = (reads(law, resource) for resource in TABLES)
    return tuple(sorted({name for text in (_text(law), *read) for name in _NAMED.findall(text)}))
