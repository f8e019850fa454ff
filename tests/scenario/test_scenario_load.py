"""Reading scenarios: what a good one comes to, and what comes from outside of the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.documents import load_document, parse_document
from rtdebug.errors import DocumentError, UsageError
from rtdebug.model.results import Location
from rtdebug.scenario.audio import AudioFormat, declared_format
from rtdebug.scenario.document import Count, Expect, Scenario, SendAudio, SendStep, Wait
from rtdebug.scenario.load import Given, check_scenario, load_scenario

EXPECT = {"expect": "session.created"}


def scenario_of(given: Given | None = None, **keys: Any) -> Scenario:
    text = json.dumps({"rtdebug": 1, "steps": [EXPECT], **keys})
    return load_scenario(parse_document(text, "x.yaml"), given)


def faults_of(given: Given | None = None, **keys: Any) -> list[str]:
    text = json.dumps({"rtdebug": 1, "steps": [EXPECT], **keys})
    return [error.message for error in check_scenario(parse_document(text, "x.yaml"), given)]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


WHOLE = """\
rtdebug: 1
name: Text turn
description: Says hello.
pack: openai-realtime
target:
  url: ${env.URL:-mock}
  headers: {Authorization: "Bearer ${env.OPENAI_API_KEY:-none}"}
  subprotocols: [realtime]
mock: {reply: {text: "${greeting}!"}}
vars: {greeting: Hello}
timeout: 3s
steps:
  - expect: session.created
  - send: {type: response.create}
  - expect: response.done
    within: 5s
    count: {min: 2, max: 3}
tools: {f: {output: 1}}
limits: {first_delta: 2s, response: 10s}
ignore: [rate-limit-low]
"""


def test_a_whole_scenario() -> None:
    env = {"OPENAI_API_KEY": "sk-12345678"}
    found = load_scenario(parse_document(WHOLE, "x.yaml"), Given(env=env))
    assert (found.name, found.description, found.pack) == (
        "Text turn", "Says hello.", "openai-realtime",
    )  # fmt: skip
    assert found.source == Location("x.yaml", 2, 7)
    assert found.target.url == "mock"
    assert found.target.headers == (("Authorization", "Bearer sk-12345678"),)
    assert found.target.subprotocols == ("realtime",)
    assert found.mock == {"reply": {"text": "Hello!"}}
    assert found.mock_path == ("mock",)
    assert found.timeout == 3.0
    assert [step.head.index for step in found.steps] == [1, 2, 3]
    assert [step.head.label for step in found.steps] == [
        "expect session.created", "send response.create", "expect response.done",
    ]  # fmt: skip
    assert found.steps[1].head.source == Location("x.yaml", 14, 5)
    last = found.steps[2]
    assert isinstance(last, Expect)
    assert (last.within, last.count) == (5.0, Count(2, 3))
    assert [limit.name for limit in found.limits] == ["first_delta", "response"]
    assert str(found.limits[0].head.source) == "x.yaml:19:10"
    assert found.ignore == ("rate-limit-low",)


def test_secrets_are_told_apart_and_never_in_a_repr() -> None:
    env = {"OPENAI_API_KEY": "sk-12345678", "OTHER_KEY": "unused-secret"}
    found = load_scenario(parse_document(WHOLE, "x.yaml"), Given(env=env))
    assert found.secrets == {"sk-12345678"}
    assert "sk-12345678" not in repr(found)
    assert "unused-secret" not in repr(Given(env=env))


def test_little_is_enough() -> None:
    found = scenario_of()
    assert (found.name, found.pack, found.target.url, found.timeout) == (
        "x", "openai-realtime", "mock", 10.0,
    )  # fmt: skip


def test_the_timeout_from_outside_wins_over_the_files_but_not_over_within() -> None:
    steps = [EXPECT, {**EXPECT, "within": "5s"}]
    found = scenario_of(Given(timeout=2.0), timeout="7s", steps=steps)
    assert [step.within for step in found.steps if isinstance(step, Expect)] == [2.0, 5.0]


def test_variables_from_outside_take_the_type_of_the_files() -> None:
    given = Given(variables={"n": "7", "text": "7", "new": "x"})
    send = {"send": {"type": "a", "n": "${n}", "t": "${text}", "new": "${new}"}, "raw": True}
    found = scenario_of(
        given, vars={"n": 3, "text": "a", "both": "${n}-${text}"}, steps=[send, EXPECT]
    )
    assert found.scope.values == {"n": 7, "text": "7", "new": "x", "both": "7-7"}
    assert faults_of(Given(variables={"n": "x"}), vars={"n": 3}) == [
        "--var n: expected a number, as 3 is"
    ]


def test_variables_can_use_those_before_them_and_no_others() -> None:
    assert scenario_of(vars={"a": "x", "b": "${a}y"}).scope.values["b"] == "xy"
    assert faults_of(vars={"b": "${a}y", "a": "x"}) == ["unknown name 'a'"]


def test_without_an_environment_nothing_that_hangs_on_it_is_judged() -> None:
    keys = {
        "name": "${env.NAME}",
        "target": {"url": "${env.URL}", "headers": {"Authorization": "Bearer ${env.API_KEY}"}},
        "vars": {"t": "${env.T}", "n": "${env.N:-5}"},
        "timeout": "${t}",
        "mock": {"reply": {"text": "${env.X}"}},
        "steps": [
            {"expect": "session.created", "within": "${env.T}", "count": "${n}", "next": False},
            {"repeat": "${n}", "steps": [{"wait": "${t}"}]},
            {"for_each": "${env.LIST}", "steps": [{"wait": "1s"}]},
            {"send": {"type": "conversation.item.delete", "item_id": "${env.ID}"}},
        ],
    }
    assert faults_of(None, **keys) == []
    assert faults_of(Given(env={}), **keys) != []


def test_a_misspelt_placeholder_is_found_without_an_environment() -> None:
    assert faults_of(vars={"greeting": "x"}, name="${greting}") == ["unknown name 'greting'"]


def test_everything_wrong_is_told_at_once_in_order_of_place() -> None:
    steps = [{"expct": 1}, EXPECT, {"wait": 5}, {"send": {"type": "response.creat"}}]
    assert faults_of(steps=steps, limits={"x": "1s"}) == [
        "unknown step 'expct'",
        "expected a duration, found 5",
        "unknown client event 'response.creat'",
        "unknown key 'x' in limits",
    ]


def test_the_first_of_several_faults_is_raised() -> None:
    with pytest.raises(DocumentError, match="unknown step"):
        scenario_of(steps=[{"expct": 1}, {"wait": 5}])


def test_a_pack_from_outside_wins_and_is_not_the_files_fault() -> None:
    assert scenario_of(Given(pack="openai-realtime"), pack="nonsense").pack == "openai-realtime"
    with pytest.raises(UsageError):
        scenario_of(Given(pack="nonsense"))


def test_an_unknown_pack_is_the_files_fault_and_the_known_ones_are_told() -> None:
    with pytest.raises(DocumentError, match=r"expected one of: .*openai-realtime") as raised:
        scenario_of(pack="openai-realtim")
    assert raised.value.line_text[raised.value.location.column - 1 :].startswith('"openai-realtim"')


def test_messages_without_a_type_are_known_by_their_one_key() -> None:
    steps = [
        {"send": {"setup": {"model": "x"}}},
        {"expect": "setupComplete"},
        {"send": {"clientContent": {"turnComplete": True}}},
        {"expect": {"serverContent": {"turnComplete": True}}},
    ]
    found = scenario_of(pack="gemini-live", steps=steps)
    assert [step.head.label for step in found.steps] == [
        "send setup", "expect setupComplete", "send clientContent", "expect an event",
    ]  # fmt: skip
    assert faults_of(
        pack="gemini-live", steps=[{"send": {"setpu": {}}}, {"expect": "setupComplte"}]
    ) == [
        "unknown client event 'setpu'",
        "unknown server event 'setupComplte'",
    ]


def test_settings_a_pack_has_no_events_for_are_refused() -> None:
    steps = [{"expect": "setupComplete"}]
    keys = {"tools": {"f": {"output": 1}}, "limits": {"response": "1s"}}
    assert faults_of(pack="gemini-live", steps=steps, **keys) == [
        "pack gemini-live has no event for response.done",
        "pack gemini-live has no event for response.created",
    ]


def test_unknown_events_can_be_accepted() -> None:
    steps = [
        {"expect": {"type": "session.new", "x": 1}, "unknown": True},
        {"expect": {"type": "session.created", "x": 1}, "unknown": True, "capture": {"x": "x"}},
        {"absent": "session.old", "for": "1s", "unknown": True},
        {
            "expect_all": ["session.new", {"expect": "session.newer"}],
            "unknown": True,
        },
    ]
    assert faults_of(steps=steps) == []


def test_what_a_branch_captures_can_be_named_after_it() -> None:
    branch = {"expect": "response.created", "capture": {"id": "response.id"}}
    cancel = {"send": {"type": "response.cancel", "response_id": "${id}"}}
    assert faults_of(steps=[{"expect_any": [branch, "error"]}, cancel]) == []
    assert faults_of(steps=[{"expect_any": [{**branch, "then": [cancel]}, "error"]}]) == []


def test_an_absence_is_called_by_its_end() -> None:
    steps = [
        {"absent": "error", "for": "500ms"},
        {"absent": "error", "until": {"type": "response.done", "response": {"id": "a"}}},
    ]
    assert [step.head.label for step in scenario_of(steps=steps).steps] == [
        "absent error for 500ms", "absent error until response.done",
    ]  # fmt: skip


def test_a_field_may_be_expected_not_to_exist() -> None:
    step = {"expect": {"type": "response.done", "obfuscation": {"$absent": True}}}
    assert faults_of(steps=[step]) == []


def test_deliberately_wrong_messages_are_not_checked() -> None:
    steps = [
        EXPECT,
        {"send": {"type": "nonsense"}, "raw": True},
        {"send": "{", "raw": True},
        {"send": {"no": "type"}, "raw": True},
    ]
    assert faults_of(steps=steps) == []
    assert faults_of(steps=[EXPECT, {"send": [1], "raw": True}]) == [
        "expected text or an event, found an array of 1"
    ]


OPEN = [
    # whatever the captured value is, these are wrong
    ({"type": "conversation.item.delete", "item_id": "${id}", "x": 1}, "/x: expected no such field"),
    ({"type": "conversation.item.truncate", "item_id": "${id}", "content_index": 0}, "/audio_end_ms"),
    ({"type": "conversation.item.create", "item": {"type": "message", "role": "x", "content": "${id}"}}, "/item/role"),
    # these may turn out right
    ({"type": "conversation.item.delete", "item_id": "${id}"}, ""),
    ({"type": "conversation.item.create", "item": "${id}"}, ""),
    ({"type": "conversation.item.create", "item": {"type": "message", "role": "${id}", "content": [{"type": "input_text", "text": "a ${id}"}]}}, ""),
    ({"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "${id}"}}}}}, ""),
    ({"type": "session.update", "session": {"type": "realtime", "max_output_tokens": "${id}"}}, ""),
    ("${id}", ""),
]  # fmt: skip


@pytest.mark.parametrize(("event", "fault"), OPEN, ids=range(len(OPEN)))
def test_a_captured_value_excuses_only_its_own_place(event: Any, fault: str) -> None:
    steps = [{**EXPECT, "capture": {"id": "session.id"}}, {"send": event}]
    found = faults_of(steps=steps)
    assert len(found) == (1 if fault else 0), found
    assert fault in "".join(found)


def test_an_include_is_read_in_place_and_sees_the_names(tmp_path: Path) -> None:
    write(
        tmp_path / "parts/hello.yaml",
        "- send: {type: conversation.item.delete, item_id: '${id}'}\n- include: deep/wait.yaml\n",
    )
    write(tmp_path / "parts/deep/wait.yaml", "rtdebug: 1\nsteps:\n  - wait: ${pause}\n")
    path = write(
        tmp_path / "x.yaml",
        "rtdebug: 1\nvars: {pause: 1s}\nsteps:\n  - expect: session.created\n"
        "    capture: {id: session.id}\n  - include: parts/hello.yaml\n  - include: parts/hello.yaml\n",
    )
    found = load_scenario(load_document(path))
    assert [type(step) for step in found.steps] == [Expect, SendStep, Wait, SendStep, Wait]
    assert found.steps[2].head.source == Location(str(tmp_path / "parts/deep/wait.yaml"), 3, 5)


def including(folder: Path, name: str) -> list[str]:
    path = write(
        folder / "x.yaml", f"rtdebug: 1\nsteps:\n  - expect: session.created\n  - include: {name}\n"
    )
    return [error.message for error in check_scenario(load_document(path))]


def test_an_include_stays_under_the_folder_whatever_links_say(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.yaml", "- wait: 1s\n")
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    (folder / "inside.yaml").symlink_to(write(folder / "real.yaml", "- wait: 1s\n"))
    for name in (
        "../secret.yaml",
        str(secret),
        "link.yaml",
        "up/secret.yaml",
        "a/../../secret.yaml",
    ):
        assert including(folder, name) == [f"'{name}' is outside the folder of the scenario"]
    assert including(folder, "inside.yaml") == []
    assert including(folder, "/dev/zero") == ["'/dev/zero' is outside the folder of the scenario"]


def test_includes_may_not_go_round_in_circles(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "- include: b.yaml\n")
    write(tmp_path / "b.yaml", "- include: a.yaml\n")
    assert including(tmp_path, "a.yaml") == ["the file includes itself: a.yaml -> b.yaml -> a.yaml"]


def test_includes_may_not_multiply(tmp_path: Path) -> None:
    for depth in range(14):
        write(tmp_path / f"{depth}.yaml", f"- include: {depth + 1}.yaml\n" * 3)
    write(tmp_path / "14.yaml", "- wait: 1s\n")
    assert including(tmp_path, "0.yaml") == [
        "more than 10000 steps, with loops and includes written out"
    ]


def test_a_scenario_without_a_folder_names_no_files() -> None:
    assert faults_of(steps=[EXPECT, {"include": "a.yaml"}]) == ["this scenario has no folder"]


def test_a_mock_script_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "mock.yaml", "reply: {text: Hi}\n")
    path = write(
        tmp_path / "x.yaml", "rtdebug: 1\nmock: mock.yaml\nsteps:\n  - expect: session.created\n"
    )
    found = load_scenario(load_document(path))
    assert found.mock == {"reply": {"text": "Hi"}}
    assert found.mock_document is not None
    assert found.mock_document.path == str(tmp_path / "mock.yaml")


FORMATS = [
    ({"audio": {"input": {"format": {"type": "audio/pcm", "rate": 24000}}}}, AudioFormat("pcm", 24000)),
    ({"audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}}, AudioFormat("pcm", 16000)),
    ({"audio": {"input": {"format": {"type": "audio/pcmu"}}}}, AudioFormat("ulaw", 8000)),
    ({"audio": {"input": {"format": {"type": "audio/pcma"}}}}, AudioFormat("alaw", 8000)),
    ({"input_audio_format": "pcm16"}, AudioFormat("pcm", 24000)),
    ({"input_audio_format": "g711_ulaw"}, AudioFormat("ulaw", 8000)),
    ({"input_audio_format": "g711_alaw"}, AudioFormat("alaw", 8000)),
    ({"audio": {"input": {"format": None}}}, None),
    ({"audio": {"input": {"format": {"type": "audio/opus"}}}}, None),
    ({"audio": {"input": {"format": {"type": {}}}}}, None),
    ({"audio": {"input": {"format": []}}, "input_audio_format": "g711_ulaw"}, AudioFormat("ulaw", 8000)),
    ({"audio": {"input": {"format": {"type": "audio/pcm", "rate": "fast"}}}}, AudioFormat("pcm", 24000)),
    ({}, None),
]  # fmt: skip


@pytest.mark.parametrize(("session", "format_"), FORMATS, ids=range(len(FORMATS)))
def test_the_input_format_a_session_names(
    session: dict[str, Any], format_: AudioFormat | None
) -> None:
    assert declared_format(session, "/audio/input/format") == format_


@pytest.mark.parametrize(
    ("name", "encoding"), [("a.ulaw", "ulaw"), ("a.ALAW", "alaw"), ("a.raw", "pcm")]
)
def test_raw_sound_is_known_by_its_name(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(b"\x01\x02" * 80)
    kinds = {
        "ulaw": {"type": "audio/pcmu"},
        "alaw": {"type": "audio/pcma"},
        "pcm": {"type": "audio/pcm", "rate": 24000},
    }
    session = {"type": "realtime", "audio": {"input": {"format": kinds[encoding]}}}
    steps = [{"send": {"type": "session.update", "session": session}}, {"send_audio": name}, EXPECT]
    path = write(tmp_path / "x.yaml", json.dumps({"rtdebug": 1, "steps": steps}))
    found = load_scenario(load_document(path))
    sound = found.steps[1]
    assert isinstance(sound, SendAudio)
    assert sound.audio.format.encoding == encoding
    assert sound.audio.seconds == pytest.approx(
        160 / {"ulaw": 8000, "alaw": 8000, "pcm": 48000}[encoding]
    )


def test_a_sound_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.pcm").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    path = write(
        tmp_path / "x.yaml", json.dumps({"rtdebug": 1, "steps": [EXPECT, {"send_audio": "a.pcm"}]})
    )
    (error,) = check_scenario(load_document(path))
    assert error.message == "68157440 bytes, at most 67108864 are sent"
