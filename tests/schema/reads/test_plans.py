"""What makes a plan: one statement a root field, one plan for each shape, and the law on every table."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from graphql import parse

from hub.kit.ids import encode
from policies.law import Law
from policies.subject import Grant, Shape
from schema.compiler import Plans, Unsupported, compile_operation
from tests.schema.reads.desk import Desk


def test_each_root_field_is_one_statement_and_the_answers_keep_their_order(desk: Desk) -> None:
    text = """{ b: agency(code: "CQ-2") { name } __typename a: files(first: 1) { totalCount nodes { id } }
        c: nodes(ids: []) { id } v: viewer { user { name } roles { role agency { code } } } }"""
    actor = desk.world.actors["clerk"]
    assert len(desk.plan(text, actor).statements) == 4
    answer = desk.ask(text, actor)
    assert list(answer) == ["b", "__typename", "a", "c", "v"]
    assert answer["__typename"] == "Query"
    assert answer["v"] == {
        "user": {"name": "clerk"},
        "roles": [{"role": "clerk", "agency": {"code": "CQ-2"}}],
    }
    assert desk.ask("{ viewer { user { name } } }", "anyone") == {"viewer": None}


def test_what_is_no_table_read_is_left_to_graphql_core(desk: Desk) -> None:
    with pytest.raises(Unsupported):
        desk.plan("{ __schema { queryType { name } } }", desk.world.actors["clerk"])
    text = """{ x: __schema { ...N } agencies(first: 1) { nodes { id } } y: __typename }
        fragment N on __Schema { types { name } }"""
    plan = desk.plan(text, desk.world.actors["clerk"])
    assert plan.rest is not None
    assert len(plan.statements) == 1
    data = desk.raw(text, desk.world.actors["clerk"], {}, rest={"x": {"types": []}})
    assert data.startswith(b'{"x":{"types":[]},"agencies":{"nodes":[')
    assert data.endswith(b'"y":"Query"}')


def test_a_plan_serves_all_values_of_a_shape_and_no_other(desk: Desk) -> None:
    text = """query($n: Int, $c: [String!], $o: [Origin!], $t: String, $f: Boolean!) {
        files(first: $n, filter: { agencyCodes: $c, origins: $o, text: $t }) { nodes { id @include(if: $f) code } } }"""
    plans, shape = Plans(), desk.world.actors["clerk"].shape
    base = {"n": 5, "c": ["CQ-1"], "o": ["PAPER"], "t": "đất", "f": True}
    plan = plans.compile(desk.schema, text, parse(text), None, base, shape)
    same = {**base, "c": ["CQ-2"], "o": ["MIXED"], "t": "nước"}
    found = plans.find(text, None, same, shape)
    assert found is not None
    assert found.plan is plan
    others: tuple[dict[str, Any], ...] = (
        {"n": 6},
        {"c": []},
        {"c": ["CQ-1", "CQ-2"]},
        {"c": None},
        {"o": None},
        {"t": ""},
        {"f": False},
    )
    for other in others:
        assert plans.find(text, None, {**base, **other}, shape) is None, other
    assert plans.find(text, None, base, replace_roles(shape)) is None
    assert plans.find(text, "Other", base, shape) is None


def test_what_is_the_same_for_all_rows_is_read_once(desk: Desk) -> None:
    """The agency of a code, in page, count and law; and a word of an enum is kept from the planner."""
    text = """{ files(filter: { agencyCodes: ["CQ-1"], accessModes: [OPEN] }, first: 2, orderBy: START_DATE_DESC)
        { totalCount edges { cursor node { id } } facets(fields: [ORIGIN]) { field } } }"""
    [sql] = desk.plan(text, desk.world.actors["clerk"]).statements
    assert sql.count("from agency_code") == 1
    assert sql.startswith("with o1(it) as materialized (select coalesce(")
    assert len(re.findall(r"agency_id = \(select it from o1\)", sql)) >= 3
    modes = re.findall(r"access_level = \S+ ?\S*::smallint", sql)
    assert modes
    assert all(mode.startswith("access_level = (select $") for mode in modes)


def replace_roles(shape: Shape) -> Shape:
    """Another subject's shape."""
    return shape._replace(roles=(*shape.roles, ("zz", True)))


def test_kept_plans_are_bounded(desk: Desk) -> None:
    plans, shape = Plans(size=3), desk.world.actors["clerk"].shape
    for number in range(10):
        text = f"{{ files(first: {number}) {{ totalCount }} }}"
        plans.compile(desk.schema, text, parse(text), None, None, shape)
    assert len(plans) == 3
    assert plans.find(text, None, None, shape) is not None


EVERYTHING = f"""{{
    files {{
        totalCount facets {{ field buckets {{ value }} }}
        nodes {{ agency {{ id }} fonds {{ id }} series {{ id }} items {{ nodes {{ id }} }}
            digitalObjects {{ nodes {{ id }} }} }}
    }}
    items {{ nodes {{ file {{ id }} listings {{ ordinal }} }} }}
    agencies {{ nodes {{
        codes {{ value }} history {{ names {{ name }} parents {{ validTo }} wentInto {{ kind }} }}
    }} }}
    transfers {{ nodes {{ id }} }} reports {{ nodes {{ id }} }}
    reportingPeriods {{ nodes {{ id }} }} auditEvents {{ nodes {{ id }} }}
    codeList(name: "doc_type") {{ value }} viewer {{ roles {{ role }} }}
    search(text: "a") {{ nodes {{ __typename }} }} node(id: "{encode("Item", 1)}") {{ id }}
}}"""
SECURED = re.compile(
    r"\b(?:from|join) (?:agency|fonds|series|file|item|digital_object|transfer|published_report|reporting_period"
    r"|record_tally|audit_event|code_list_entry|app_user|role_grant|agency_code|agency_name|agency_parent"
    r"|agency_succession) t\d+"
)


def test_a_subject_without_a_right_reads_nothing_of_a_table(desk: Desk) -> None:
    """With a law that says nothing, every table reference becomes `false`: none escapes it."""
    plan = compile_operation(desk.schema, parse(EVERYTHING), None, None, Shape(True, ()), Law({}, rules=()))
    for sql in plan.statements:
        named = SECURED.findall(sql)
        assert named
        assert sql.count("false") >= len(named), sql


def test_the_predicate_below_the_root_is_the_bit_string(desk: Desk) -> None:
    text = "{ files { nodes { fonds { id } } } }"
    (sql,) = desk.plan(text, desk.world.actors["officer"]).statements
    root, below = sql.index("= any(cast("), sql.index("get_bit(cast(")
    assert below < root  # the select list stands before the where of the root
    narrowed = '{ files(filter: { agencyCodes: ["CQ-1"] }) { nodes { id } } }'
    (sql,) = desk.plan(narrowed, desk.world.actors["officer"]).statements
    assert "= any(cast(" not in sql


def test_grants_are_values_not_text(desk: Desk) -> None:
    actor = desk.world.actors["officer"]
    other = replace(actor, subject=replace(actor.subject, id=99, grants=(Grant("officer", 4),)))
    text = "{ files { totalCount } }"
    assert desk.plan(text, actor) is desk.plan(text, other)
    assert desk.ask(text, actor) != desk.ask(text, other)


def test_keys_longer_than_a_name_of_postgresql(desk: Desk) -> None:
    long = "k" * 64
    dates = f"{long}2: dates {{ {long}: start {{ earliest }} }}"
    text = f"{{ {long}: files(first: 1) {{ {long}: nodes {{ {long}1: id {dates} }} }} }}"
    (node,) = desk.ask(text, "officer")[long][long]
    assert list(node) == [f"{long}1", f"{long}2"]
    assert list(node[f"{long}2"]) == [long]


def test_a_type_of_which_nothing_is_asked_is_an_empty_object(desk: Desk) -> None:
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on ReportingPeriod { deadline } } }"
    one = encode("Agency", 2)
    assert desk.ask(text, "officer", ids=[one, one]) == {"nodes": [{}, {}]}
