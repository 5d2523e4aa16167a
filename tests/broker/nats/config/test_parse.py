import pytest

from natsim.broker.nats.config import ConfigError, Moment, Node, Value, parse

from .reading import Files, files


def plain(value: Value) -> object:
    """Write a tree without places."""
    match value:
        case dict():
            return {key: plain(node.value) for key, node in value.items()}
        case list():
            return [plain(node.value) for node in value]
        case _:
            return value


def tree_of(text: str, **environment: str) -> object:
    return plain(nodes_of(text, **environment))


def nodes_of(text: str, **environment: str) -> dict[str, Node]:
    return parse("c.conf", Files({"c.conf": text.encode()}), environment)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1\nb: 2\nc 3\nd { e = 4 }", {"a": 1, "b": 2, "c": 3, "d": {"e": 4}}),
        ("a = 1; b = 2, c = 3", {"a": 1, "b": 2, "c": 3}),
        ("'a b' = 1\n\"c\": 2", {"a b": 1, "c": 2}),
        ("a = 1 # one\n// two\nb = 2 // two", {"a": 1, "b": 2}),
        ('{"a": 1, "b": {"c": "d"}}', {"a": 1, "b": {"c": "d"}}),
        ("a = 1\na = 2", {"a": 2}),
        ("a = [x, y\nz]", {"a": ["x", "y", "z"]}),
        ("a = [ {b = 1}, {b = 2} ]", {"a": [{"b": 1}, {"b": 2}]}),
        ("a = true, b = ON, c = No, d = 'true'", {"a": True, "b": True, "c": False, "d": "true"}),
        (
            "a = 1k, b = 1Kb, c = 2mib, d = -3g",
            {"a": 1000, "b": 1024, "c": 2 << 20, "d": -3 * 10**9},
        ),
        ("a = 9e", {"a": 9 * 10**18}),
        ("a = 10e", {"a": 10 * 10**18 - 2**64}),
        ("a = 1.5, b = -0.25", {"a": 1.5, "b": -0.25}),
        ("a = 2006-01-02T15:04:05Z", {"a": Moment("2006-01-02T15:04:05Z")}),
        ("a = 127.0.0.1:4222, b = 1.2.3.4", {"a": "127.0.0.1:4222", "b": "1.2.3.4"}),
        ("a = 12ab, b = 1k5", {"a": "12ab", "b": "1k5"}),
        (r'a = "\t\n\r\"\\\x41", b = c\x42d', {"a": '\t\n\r"\\A', "b": "cBd"}),
        (r'a = "\xc3\xa9"', {"a": "é"}),
        (r"a = 'b\tc'", {"a": r"b\tc"}),
        ("a = (\n  b\n)\nc = 1", {"a": "\n  b\n", "c": 1}),
        ("a = (\nb\n)", {"a": "\nb\n)"}),
        ("a = b'\nc = 2", {"a": "b", "c": 2}),
        ("a = $2a$11$xyz", {"a": "$2a$11$xyz"}),
        ("a = 1kbb", {}),
        ("x { a }", {"a": {}}),
        ("a = 1 }", {"a": 1}),
        ("a = 1 /\nb = 2", {"a": 1, "b": 2}),
    ],
)
def test_a_text_is_read_to_a_tree(text: str, tree: object) -> None:
    assert tree_of(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 5\nb = $a", {"a": 5, "b": 5}),
        ("a = 1, b { a = 2, c { d = $a } }", {"a": 1, "b": {"a": 2, "c": {"d": 2}}}),
        ("a { b = 1 }\nc = $a", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a = [$SIZE, '$SIZE']", {"a": [5000, "$SIZE"]}),
        ("a = $LIST", {"a": ["x", "y"]}),
        ("a = $TWICE", {"a": 5000}),
    ],
)
def test_variables_come_from_maps_around_them_then_from_the_environment(
    text: str, tree: object
) -> None:
    assert tree_of(text, SIZE="5k", LIST="[x, y]", TWICE="$SIZE") == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = $b", "variable reference for 'b' on line 1 can not be found"),
        ("a { b = 1 }\nc = $b", "variable reference for 'b' on line 2 can not be found"),
        (
            "a = $A",
            "variable reference for 'A' on line 1 could not be parsed: variable reference for 'B' "
            "on line 1 could not be parsed: variable reference for 'A' on line 1 could not be "
            "parsed: variable reference cycle for 'A'",
        ),
        (
            "a = $BAD",
            "variable reference for 'BAD' on line 1 could not be parsed: Parse error on line 1: "
            "'Expected a digit but got 'x'.'",
        ),
    ],
)
def test_a_variable_that_has_no_value_is_a_mistake(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        tree_of(text, A="$B", B="$A", BAD="-x")

    assert str(caught.value) == message


def test_an_include_is_found_beside_the_file_that_includes_it() -> None:
    read = Files(
        {
            "etc/c.conf": b"a = 1\ninclude 'sub/d.conf'\nb { include ../e.conf\n }",
            "etc/sub/d.conf": b'd = 2\ninclude "f.conf"',
            "etc/sub/f.conf": b"f = 3",
            "e.conf": b"e = 4",
        }
    )

    tree = parse("etc/c.conf", read, {})

    assert plain(tree) == {"a": 1, "d": 2, "f": 3, "b": {"e": 4}}
    assert str(tree["f"].place) == "etc/sub/f.conf:1:0"


def test_an_included_file_does_not_see_variables_of_the_one_that_includes_it() -> None:
    read = files(c__conf="a = 1\ninclude d.conf", d__conf="b = $a")

    with pytest.raises(ConfigError) as caught:
        parse("c.conf", read, {})

    assert str(caught.value) == (
        "error parsing include file 'd.conf', variable reference for 'a' on line 1 can not be found"
    )


def test_what_was_included_may_be_used_as_a_variable() -> None:
    read = files(c__conf="include d.conf\nb = $a", d__conf="a = 1")

    assert plain(parse("c.conf", read, {})) == {"a": 1, "b": 1}


def test_a_file_that_is_not_there_is_named_as_go_does() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("c.conf", files(), {})

    assert str(caught.value) == "open c.conf: no such file or directory"


def test_a_value_has_the_place_of_its_key_and_in_an_array_its_own() -> None:
    tree = nodes_of("a = 1\n  é = [x, 'y'\n  {z = 1}]")
    array = tree["é"].value
    assert isinstance(array, list)

    places = [str(node.place) for node in (tree["a"], tree["é"], *array)]

    assert places == ["c.conf:1:0", "c.conf:2:3", "c.conf:2:9", "c.conf:2:13", "c.conf:3:10"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[ " * 200, "maps and arrays stand more than 100 deep"),
        ("{" * 200, "maps and arrays stand more than 100 deep"),
        (
            "x0 = 1\n" + "\n".join(f"x{n} = [ $x{n - 1} ]" for n in range(1, 200)),
            "maps and arrays stand more than 100 deep",
        ),
        (
            "x0 = 1\n" + "\n".join(f"x{n} = [ $x{n - 1}, $x{n - 1} ]" for n in range(1, 60)),
            "the configuration has more than 1000000 values",
        ),
        (
            "x0 = 1\n"
            + "\n".join(f"x{n} = [ $x{n - 1}, $x{n - 1} ]" for n in range(1, 19))
            + "".join(f"\ny{n} = $x18" for n in range(100)),
            "the configuration has more than 1000000 values",
        ),
        ("include c.conf", "files include each other more than 10 deep"),
        ("#" * (17 << 20), "the configuration is larger than 16777216 bytes"),
    ],
)
def test_what_would_grow_without_bound_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        tree_of(text)

    assert str(caught.value).endswith(message)
