"""JSON of a server is read with the types that it must have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from natsim.conformance.failure import Failed
from natsim.conformance.members import Members, read_members

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.conformance.tree import Json

TEXT = b'{"n":7,"f":1.5,"b":true,"t":"x","l":["a"],"o":{"n":8},"r":[{"n":9}],"m":["a",1]}'


READ: list[tuple[Callable[[Members], object], object]] = [
    (lambda it: it.integer("n"), 7),
    (lambda it: it.number("n"), 7),
    (lambda it: it.number("f"), 1.5),
    (lambda it: it.boolean("b"), True),
    (lambda it: it.text("t"), "x"),
    (lambda it: it.texts("l"), ["a"]),
    (lambda it: it.inner("o").integer("n"), 8),
    (lambda it: it.rows("r")[0].integer("n"), 9),
]
REFUSED: list[tuple[Callable[[Members], object], str]] = [
    (lambda it: it.integer("x"), "/z does not say x; it must be a whole number"),
    (lambda it: it.integer("f"), "/z says f: 1.5; it must be a whole number"),
    (lambda it: it.integer("b"), "/z says b: true; it must be a whole number"),
    (lambda it: it.number("b"), "/z says b: true; it must be a number"),
    (lambda it: it.boolean("n"), "/z says n: 7; it must be true or false"),
    (lambda it: it.text("n"), "/z says n: 7; it must be a string"),
    (lambda it: it.texts("m"), '/z says m: ["a", 1]; it must be a list of strings'),
    (lambda it: it.rows("l"), '/z says l: ["a"]; it must be a list of objects'),
    (lambda it: it.inner("o").text("n"), "/z o says n: 8; it must be a string"),
]


@pytest.mark.parametrize(("read", "expected"), READ)
def test_a_member_of_its_type_is_given(read: Callable[[Members], object], expected: object) -> None:
    assert read(read_members("/z", TEXT)) == expected


@pytest.mark.parametrize(("read", "why"), REFUSED)
def test_a_member_of_another_type_is_the_fault_of_the_server(
    read: Callable[[Members], object], why: str
) -> None:
    with pytest.raises(Failed) as failed:
        read(read_members("/z", TEXT))

    assert failed.value.why == why


@pytest.mark.parametrize(
    ("name", "expected"), [("n", 8), ("n", None), ("n", True), ("n", 7.0), ("x", 0), ("b", 1)]
)
def test_another_value_or_another_type_is_not_what_must_be_said(name: str, expected: Json) -> None:
    with pytest.raises(Failed, match=f"/z says {name}: "):
        read_members("/z", TEXT).must_say(name, expected)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"null"])
def test_what_is_no_object_is_the_fault_of_the_server(text: bytes) -> None:
    with pytest.raises(Failed, match="/z gives no JSON object"):
        read_members("/z", text)
