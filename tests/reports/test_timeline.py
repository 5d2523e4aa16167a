"""The time line shows each lane, fault and anomaly at its place."""

import json
from pathlib import Path
from xml.etree import ElementTree

from natsim.reports.run import load_run
from natsim.reports.timeline import draw_timeline
from natsim.reports.timeline.scale import Scale

S = 1_000_000_000


def draw(run: Path) -> ElementTree.Element:
    return ElementTree.fromstring(draw_timeline(load_run(run)))


def texts(picture: ElementTree.Element, css: str) -> list[str]:
    return [item.text or "" for item in picture.iter("text") if css in item.get("class", "")]


def classes(picture: ElementTree.Element, tag: str) -> list[str]:
    return [item.get("class", "") for item in picture.iter(tag)]


def test_each_client_and_server_has_a_lane(healthy_run: Path) -> None:
    picture = draw(healthy_run)

    assert texts(picture, "name") == ["p1", "s1", "w1", "n1", "n2", "n3"]
    assert texts(picture, "heading") == ["clients", "servers"]
    assert classes(picture, "g").count("lane") == 6


def test_each_fault_has_a_named_bar_a_tint_and_a_pattern_on_its_targets(healthy_run: Path) -> None:
    rectangles = classes(draw(healthy_run), "rect")

    assert rectangles.count("tint partition") == 1
    assert rectangles.count("aimed partition") == 3
    assert rectangles.count("aimed kill") == 1
    assert {"f1 partition", "f2 kill"} <= set(texts(draw(healthy_run), "small"))


def test_each_kind_of_fault_has_a_pattern_of_its_own(invalid_run: Path) -> None:
    patterns = draw(invalid_run).findall(".//pattern")

    shapes = {pattern.get("id"): pattern[0].get("d") for pattern in patterns}

    assert list(shapes) == [
        "pattern-partition",
        "pattern-kill",
        "pattern-pause",
        "pattern-slow-link",
        "pattern-other",
    ]
    assert len(set(shapes.values())) == 5


def test_a_fault_lies_where_it_happened(healthy_run: Path) -> None:
    document = load_run(healthy_run)
    tint = next(x for x in draw(healthy_run).iter("rect") if x.get("class") == "tint partition")
    plot = 1000 - 76 - 50

    begin = float(tint.get("x", "0"))
    width = float(tint.get("width", "0"))

    assert abs(begin - (76 + plot * 2.2 * S / document.head.duration_ns)) < 0.1
    assert abs(width - plot * 2.0 * S / document.head.duration_ns) < 0.1


def test_anomalies_are_marks_that_lead_to_their_cards(invalid_run: Path) -> None:
    links = [link.get("href") for link in draw(invalid_run).iter("a")]

    assert links == ["#a3", "#a1"]


def test_anomalies_too_close_to_tell_apart_share_a_mark(invalid_run: Path) -> None:
    assert texts(draw(invalid_run), "mark-name") == ["3", "1 +1"]


def test_messages_that_reached_nobody_are_drawn_on_their_publishers_lane(healthy_run: Path) -> None:
    assert classes(draw(healthy_run), "path").count("bars unreached") == 1


def test_a_fault_without_an_end_reaches_to_the_right(interrupted_run: Path) -> None:
    tint = next(x for x in draw(interrupted_run).iter("rect") if x.get("class") == "tint partition")

    assert float(tint.get("x", "0")) + float(tint.get("width", "0")) == 950


def test_without_a_history_there_is_no_picture(empty_run: Path) -> None:
    assert draw_timeline(load_run(empty_run)) == ""


def test_ticks_are_round_seconds_from_the_workload_mark() -> None:
    scale = Scale(left=0, width=100, end_ns=13 * S, origin_ns=S // 5)

    assert [word for _, word in scale.ticks()] == ["0", "2", "4", "6", "8", "10", "12"]


def test_ticks_of_a_short_run_have_fractions() -> None:
    scale = Scale(left=0, width=100, end_ns=S // 100, origin_ns=0)

    assert [word for _, word in scale.ticks()][:3] == ["0", "0.001", "0.002"]


def test_a_lane_says_where_its_connections_are_no_longer_told(tmp_path: Path) -> None:
    lines = [
        json.dumps({"t": n * S, "type": "observe", "f": f, "process": "p1", "conn": f"p1#{n}"})
        for n in range(120)
        for f in ("connected", "disconnected")
    ]
    (tmp_path / "history.jsonl").write_text("\n".join(lines))

    picture = draw(tmp_path)

    assert classes(picture, "line").count("untold") == 1
    assert "Shown with its first 100 connections only: 1 client." in load_run(tmp_path).remarks


def test_faults_that_find_no_level_are_drawn_without_names(tmp_path: Path) -> None:
    lines = [
        json.dumps({"t": n, "type": "fault", "f": "kill", "id": f"f{n}", "phase": "begin"})
        for n in range(100)
    ]
    (tmp_path / "history.jsonl").write_text("\n".join(lines))

    picture = draw(tmp_path)

    assert classes(picture, "g").count("fault kill") == 80
    assert [text for text in texts(picture, "small") if "kill" in text] == [
        "f0 kill",
        "f1 kill",
        "f2 kill",
        "f3 kill",
        "f4 kill",
    ]
    assert load_run(tmp_path).head.evidence == (
        "100 faults: f0 kill, f1 kill, f2 kill, f3 kill and 96 more.",
    )


def test_a_bar_that_dwarfs_the_others_is_broken(tmp_path: Path) -> None:
    times = sorted([*range(100), *[50] * 60])
    lines = [
        json.dumps({"t": t * S, "type": "observe", "f": "deliver", "process": "s1"}) for t in times
    ]
    (tmp_path / "history.jsonl").write_text("\n".join(lines))

    picture = draw(tmp_path)
    path = next(x for x in picture.iter("path") if x.get("class") == "bars delivered")

    assert (path.get("d") or "").count("v14m0 3v3") == 1
    assert texts(picture, "delivered-ink") == ["61 ↓"]
