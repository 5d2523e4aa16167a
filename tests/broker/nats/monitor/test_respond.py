import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.broker.nats.conversation import Conversation

from natsim.broker.nats.monitor import ProcessStatistics
from natsim.broker.nats.options import MonitorOptions, Options

from .asking import get, get_json, refusal

JSON_PATHS = [
    "/varz",
    "/connz",
    "/routez",
    "/gatewayz",
    "/leafz",
    "/subsz",
    "/subscriptionsz",
    "/accountz",
    "/accstatz",
    "/jsz",
    "/healthz",
    "/ipqueuesz",
]


@pytest.mark.parametrize("path", JSON_PATHS)
def test_an_endpoint_answers_in_json_that_every_page_may_read(path: str) -> None:
    response = get(Conversation(), path)

    assert response.status == 200
    assert response.headers == (
        ("Access-Control-Allow-Origin", "*"),
        ("Content-Type", "application/json"),
    )
    assert isinstance(json.loads(response.body), dict)


def test_the_page_at_the_root_links_to_the_endpoints() -> None:
    response = get(Conversation(Options(server_name="<n1>")), "/")

    assert response.headers == (("Content-Type", "text/html; charset=utf-8"),)
    assert b'<a href="/connz">' in response.body
    assert b"&lt;n1&gt;" in response.body


@pytest.mark.parametrize("target", ["/nope", "/varz/", "/subz", "/debug", "/VARZ", "/healthz%2f"])
def test_an_unknown_path_is_not_found(target: str) -> None:
    response = get(Conversation(), target)

    assert (response.status, response.body) == (404, b"404 page not found\n")
    assert ("X-Content-Type-Options", "nosniff") in response.headers


def test_raft_is_not_found_without_jetstream() -> None:
    response = get(Conversation(), "/raftz?acc=x")

    assert (response.status, response.body) == (404, b"No Raft nodes registered")


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("//varz", "/varz"),
        ("/a/../varz?x=1", "/varz?x=1"),
        ("/./varz/", "/varz/"),
        ("//foo?a=<b>", "/foo?a=<b>"),
        ("/a//%3f", "/a/%3F"),
    ],
)
def test_a_path_that_is_not_the_shortest_is_redirected(target: str, location: str) -> None:
    response = get(Conversation(), target)

    assert response.status == 307
    assert ("Location", location) in response.headers


def test_a_redirection_has_a_text_for_those_who_get() -> None:
    body = b'<a href="/varz?a=&lt;b&gt;">Temporary Redirect</a>.\n\n'

    assert get(Conversation(), "//varz?a=<b>").body == body
    assert get(Conversation(), "//varz", method="POST").body == b""


def test_the_method_is_not_looked_at() -> None:
    assert get(Conversation(), "/healthz", method="DELETE").body == b'{"status":"ok"}'


def test_options_of_the_whole_server_are_answered_with_nothing() -> None:
    response = get(Conversation(), "*", method="OPTIONS")

    assert (response.status, response.headers, response.body) == (200, (), b"")


def test_a_callback_is_ignored_as_since_2_10() -> None:
    response = get(Conversation(), "/healthz?callback=cb")

    assert response.body == b'{"status":"ok"}'


@pytest.mark.parametrize(
    ("target", "status"),
    [("/nats/varz", 200), ("/nats", 200), ("/nats/", 404), ("/", 404), ("/varz", 404)],
)
def test_a_base_path_moves_everything_below_it(target: str, status: int) -> None:
    talk = Conversation(Options(monitor=MonitorOptions(port=8222, base_path="/nats")))

    assert get(talk, target).status == status


def test_the_page_below_a_base_path_links_below_it() -> None:
    talk = Conversation(Options(monitor=MonitorOptions(port=8222, base_path="/nats")))

    assert b'<a href="/nats/varz">' in get(talk, "/nats").body


def test_requests_are_counted_by_endpoint() -> None:
    talk = Conversation()

    for target in ("/", "/subsz", "/subscriptionsz", "/connz", "/nope", "/ipqueuesz", "//varz"):
        get(talk, target)

    assert get_json(talk, "/varz")["http_req_stats"] == {
        "/": 1,
        "/connz": 1,
        "/subsz": 2,
        "/varz": 1,
    }


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/connz?auth=yes", {}),
        ("/connz?sort=bogus", {"/connz": 1}),
        ("/routez?subs=x", {}),
        ("/subsz?subs=x", {"/subsz": 1}),
        ("/healthz?details=x", {"/healthz": 1}),
    ],
)
def test_connections_and_routes_are_counted_only_if_the_question_is_readable(
    target: str, expected: dict[str, int]
) -> None:
    talk = Conversation()

    assert get(talk, target).status == 400

    assert get_json(talk, "/varz")["http_req_stats"] == {**expected, "/varz": 1}


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("/connz?state=BOGUS", "Error decoding state for BOGUS"),
        ("/connz?sort=bogus", "invalid sorting option: bogus"),
        ("/connz?sort=stop", "sort by stop only valid on closed connections"),
        (
            "/connz?sort=reason&state=any",
            "sort by reason only valid on closed connections",
        ),
        (
            "/subsz?test=foo.*",
            "invalid test subject, must be valid publish subject: foo.*",
        ),
        (
            "/subsz?subs=detail",
            "Error decoding boolean for 'subs': "
            'strconv.ParseBool: parsing "detail": invalid syntax',
        ),
        ("/accountz?acc=nope", "Account nope does not exist"),
        ("/jsz?leader-only=1", "filtered response: not leader"),
        (
            "/connz?subs=x&auth=y",
            "Error decoding boolean for 'auth': strconv.ParseBool: parsing \"y\": invalid syntax",
        ),
    ],
)
def test_a_wrong_question_is_refused_with_a_text(target: str, text: str) -> None:
    assert refusal(Conversation(), target) == text


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (
            "stream=S",
            b'{"status":"error",'
            b'"error":"\\"account\\" must not be empty when checking stream health"}',
        ),
        (
            "consumer=C&details=1",
            b'{"status":"error","errors":[{"type":"BAD_REQUEST",'
            b'"error":"\\"stream\\" must not be empty when checking consumer health"}]}',
        ),
    ],
)
def test_health_that_is_asked_wrongly_is_refused_in_json(query: str, body: bytes) -> None:
    response = get(Conversation(), f"/healthz?{query}")

    assert (response.status, response.body) == (400, body)


def test_json_is_indented_and_spares_browsers_the_signs_of_html() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a.> 1\r\n")

    body = get(talk, "/connz?subs=1").body

    assert b'\n      "subscriptions_list": [\n        "a.\\u003e"\n      ]\n' in body


def test_the_driver_says_where_the_process_is() -> None:
    process = ProcessStatistics(stacks=lambda: "thread 1: somewhere")

    response = get(Conversation(), "/stacksz", process=process)

    assert response.body == b"thread 1: somewhere"


def test_variables_tell_how_the_process_was_started_and_what_it_holds() -> None:
    process = ProcessStatistics(command=("natsim",), memory_bytes=4096)

    response = get(Conversation(), "/debug/vars", process=process)

    assert response.headers == (("Content-Type", "application/json; charset=utf-8"),)
    assert json.loads(response.body) == {"cmdline": ["natsim"], "memstats": {"Sys": 4096}}


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_every_target_has_an_answer(target: str) -> None:
    response = get(Conversation(), target)

    assert response.status in (200, 307, 400, 404)
