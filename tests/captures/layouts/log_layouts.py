"""A session as tools and programs log it: one function a layout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import language_prints as prints
from language_prints import compact, quoted
from logged_sessions import Message

Render = Callable[[list[Message]], str]


class Layout(NamedTuple):
    """``types_only``: no fields are shown; ``cut``: frames are cut in the middle."""

    render: Render
    types_only: bool = False
    cut: bool = False


LAYOUTS: dict[str, Layout] = {}


def layout(name: str, **how: bool) -> Callable[[Render], Render]:
    def added(render: Render) -> Render:
        LAYOUTS[name] = Layout(render, **how)
        return render

    return added


def lines(name: str, **how: bool) -> Callable[[Callable[[Message], str]], Any]:
    """A layout of one line (or block of lines) a message."""

    def added(line: Callable[[Message], str]) -> Any:
        LAYOUTS[name] = Layout(lambda messages: "\n".join(map(line, messages)) + "\n", **how)
        return line

    return added


def clock(message: Message, digits: int = 3) -> str:
    whole = f"10:00:{message.at:09.6f}"
    return whole[: 8 + (digits + 1) * (digits > 0)]


def iso(message: Message, digits: int = 3, zone: str = "Z") -> str:
    return f"2026-03-01T{clock(message, digits)}{zone}"


def nanos(message: Message) -> str:
    return str(1772359200_000000000 + round(message.at * 1000) * 1000000)


# -- JSON records ----------------------------------------------------------------------------


@lines("control")
def _control(m: Message) -> str:
    return compact({"ts": iso(m), "dir": m.way, "event": m.event})


@layout("otel span events")
def _otel(messages: list[Message]) -> str:
    events = [
        {
            "name": m.event["type"], "timestamp": iso(m),
            "attributes": {"direction": m.way, "payload": compact(m.event)},
        }
        for m in messages
    ]  # fmt: skip
    span = {
        "name": "realtime.session", "context": {"trace_id": "0x1", "span_id": "0x2"},
        "start_time": iso(messages[0]), "end_time": iso(messages[-1]),
        "status": {"status_code": "ERROR"}, "events": events,
    }  # fmt: skip
    return json.dumps(span, indent=1)


@layout("otlp json")
def _otlp(messages: list[Message]) -> str:
    records = [
        {"timeUnixNano": nanos(m), "body": {"stringValue": f"{m.way} {compact(m.event)}"}}
        for m in messages
    ]
    return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})


@layout("otlp kvlist")
def _kvlist(messages: list[Message]) -> str:
    records = [
        {
            "timeUnixNano": nanos(m),
            "body": _any_value({"direction": m.way, "event": m.event}),
            "attributes": [{"key": "logger.name", "value": {"stringValue": "rt"}}],
        }
        for m in messages
    ]
    return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})


def _any_value(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = [{"key": key, "value": _any_value(one)} for key, one in value.items()]
        return {"kvlistValue": {"values": pairs}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_any_value(one) for one in value]}}
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


@layout("gcp logging")
def _gcp(messages: list[Message]) -> str:
    rows = [
        {
            "insertId": str(index), "jsonPayload": {"message": m.way, "event": m.event},
            "timestamp": iso(m), "severity": "DEBUG",
            "resource": {"type": "cloud_run_revision"}, "logName": "projects/p/logs/run",
        }
        for index, m in enumerate(messages)
    ]  # fmt: skip
    return json.dumps(rows, indent=1)


@layout("gcp textPayload")
def _gcp_text(messages: list[Message]) -> str:
    rows = [
        {
            "insertId": str(index), "textPayload": f"{m.way} {compact(m.event)}",
            "timestamp": iso(m), "severity": "DEFAULT",
        }
        for index, m in enumerate(messages)
    ]  # fmt: skip
    return json.dumps(rows, indent=1)


@lines("journald json")
def _journald(m: Message) -> str:
    return compact(
        {
            "__REALTIME_TIMESTAMP": str(1772359200_000000 + round(m.at * 1000) * 1000),
            "_SYSTEMD_UNIT": "voice.service", "PRIORITY": "7", "_PID": "812",
            "MESSAGE": f"{m.way} {compact(m.event)}",
        }
    )  # fmt: skip


@layout("langfuse")
def _langfuse(messages: list[Message]) -> str:
    rows = [
        {
            "id": str(index), "type": "EVENT", "name": m.event["type"], "startTime": iso(m),
            "input" if m.sent else "output": m.event,
        }
        for index, m in enumerate(messages)
    ]  # fmt: skip
    return json.dumps({"id": "tr", "observations": rows}, indent=1)


@layout("sentry breadcrumbs")
def _sentry(messages: list[Message]) -> str:
    crumbs = [
        {
            "timestamp": iso(m), "category": f"ws.{m.way}", "type": "default", "level": "debug",
            "message": m.event["type"], "data": {"payload": compact(m.event)},
        }
        for m in messages
    ]  # fmt: skip
    failed = {"values": [{"type": "RealtimeError", "value": "response failed"}]}
    return json.dumps(
        {"event_id": "ab", "level": "error", "exception": failed,
         "breadcrumbs": {"values": crumbs}}, indent=1,
    )  # fmt: skip


@lines("serilog clef")
def _clef(m: Message) -> str:
    return compact(
        {"@t": iso(m), "@mt": "{Dir} {Payload}", "Dir": m.way, "Payload": compact(m.event)}
    )


@lines("logstash")
def _logstash(m: Message) -> str:
    return compact(
        {
            "@timestamp": iso(m), "@version": "1", "message": f"{m.way} {compact(m.event)}",
            "logger_name": "c.a.r.RtClient", "thread_name": "nio-3", "level": "DEBUG",
            "level_value": 10000,
        }
    )  # fmt: skip


@lines("pino")
def _pino(m: Message) -> str:
    return compact(
        {"level": 20, "time": 1772359200000 + round(m.at * 1000), "pid": 7, "hostname": "v-1",
         "evt": m.event, "msg": m.way}
    )  # fmt: skip


@lines("winston string")
def _winston(m: Message) -> str:
    return compact(
        {"level": "debug", "message": f"{m.way} {compact(m.event)}", "timestamp": iso(m)}
    )


@lines("winston object")
def _winston_object(m: Message) -> str:
    return compact(
        {"level": "debug", "message": {"dir": m.way, "payload": m.event}, "timestamp": iso(m)}
    )


@lines("slog json")
def _slog(m: Message) -> str:
    return compact({"time": iso(m), "level": "DEBUG", "msg": m.way, "raw": compact(m.event)})


@lines("zerolog object")
def _zerolog(m: Message) -> str:
    return compact({"level": "debug", "event": m.event, "time": iso(m), "message": m.way})


@lines("zap console")
def _zap(m: Message) -> str:
    fields = compact({"payload": m.event, "conn": 3})
    return f"{iso(m, 3, '+0000')}\tDEBUG\trt/client.go:88\t{m.way}\t{fields}"


@lines("react native isTrusted")
def _react_native(m: Message) -> str:
    return f" LOG  {m.way} " + json.dumps({"isTrusted": False, "data": compact(m.event)})


# -- tables ----------------------------------------------------------------------------------


def _csv(row: Iterable[str]) -> str:
    return ",".join(
        '"' + cell.replace('"', '""') + '"' if set(cell) & set('",\n') else cell for cell in row
    )


@layout("csv app insights")
def _app_insights(messages: list[Message]) -> str:
    rows = [("timestamp [UTC]", "message", "severityLevel", "customDimensions")]
    rows += [(iso(m), f"WS {m.way}", "0", compact({"payload": compact(m.event)})) for m in messages]
    return "\n".join(map(_csv, rows)) + "\n"


@layout("csv cloudwatch insights")
def _cloudwatch(messages: list[Message]) -> str:
    rows = [("@timestamp", "@message", "@logStream")]
    rows += [
        (iso(m).replace("T", " ")[:-1], f"{m.way} {compact(m.event)}", "voice/1") for m in messages
    ]
    return "\n".join(map(_csv, rows)) + "\n"


@layout("markdown table")
def _markdown(messages: list[Message]) -> str:
    rows = [f"| {clock(m)} | {m.way} | `{compact(m.event)}` |" for m in messages]
    return "\n".join(["| time | dir | event |", "|---|---|---|", *rows]) + "\n"


# -- text with JSON --------------------------------------------------------------------------


@lines("aiohttp WSMessage")
def _aiohttp(m: Message) -> str:
    text = json.dumps(m.event)
    if m.sent:
        return f"{clock(m)} DEBUG ws send {text}"
    return f"{clock(m)} DEBUG ws recv WSMessage(type=<WSMsgType.TEXT: 1>, data='{text}', extra='')"


@lines("browser MessageEvent")
def _browser(m: Message) -> str:
    if m.sent:
        return f"app.js:44 send {compact(m.event)}"
    return (
        f"app.js:31 MessageEvent {{isTrusted: true, data: '{compact(m.event)}', "
        "origin: 'wss://api.openai.com', lastEventId: '', source: null, …}"
    )


@lines("C# console enum")
def _csharp(m: Message) -> str:
    way = "Sent" if m.sent else "Received"
    return f"[{clock(m)}] {way} (WebSocketMessageType.Text): {compact(m.event)}"


@lines("devtools copy")
def _devtools(m: Message) -> str:
    text = compact(m.event)
    return f"{text}\t{len(text)}\t{clock(m)}"


@lines("devtools arrows")
def _arrows(m: Message) -> str:
    text = compact(m.event)
    return f"{'⬆' if m.sent else '⬇'}\t{text}\t{len(text)}\t{clock(m)}"


@lines("emoji type list", types_only=True)
def _emoji(m: Message) -> str:
    return f"{'📤' if m.sent else '📥'} {m.event['type']}"


@lines("heroku")
def _heroku(m: Message) -> str:
    return f"{iso(m, 6, '+00:00')} app[web.1]: {m.way} {compact(m.event)}"


@layout("hexdump of tcpflow")
def _tcpflow(messages: list[Message]) -> str:
    client, server = "010.000.000.005.51234", "104.018.006.192.00443"
    flows = []
    for m in messages:
        pair = (client, server) if m.sent else (server, client)
        rows, data = [f"{pair[0]}-{pair[1]}: "], compact(m.event).encode()
        for at in range(0, len(data), 16):
            part = data[at : at + 16]
            pairs = " ".join(part[i : i + 2].hex() for i in range(0, len(part), 2))
            text = "".join(chr(b) if 32 <= b < 127 else "." for b in part)
            rows.append(f"{at:04x}: {pairs:<39}  {text}")
        flows.append("\n".join(rows) + "\n")
    return "\n".join(flows)


@lines("logback")
def _logback(m: Message) -> str:
    arrow = ">>" if m.sent else "<<"
    return f"{clock(m)} [reactor-http-nio-3] DEBUG c.a.r.RtClient - {arrow} {compact(m.event)}"


@lines("loki logcli")
def _loki(m: Message) -> str:
    return f'{iso(m)} {{app="voice", pod="v-1"}} {m.way} {compact(m.event)}'


@lines("mitmdump")
def _mitmdump(m: Message) -> str:
    return f"[{clock(m)}] WebSocket text message from {m.sender.value}: {compact(m.event)}"


@lines("openai-python bytes")
def _python_bytes(m: Message) -> str:
    if m.sent:
        return f"{clock(m)} DEBUG openai: Sending: {json.dumps(m.event)}"
    return f"{clock(m)} DEBUG openai: Received websocket message: {compact(m.event).encode()!r}"


@layout("otelcol debug")
def _otelcol(messages: list[Message]) -> str:
    rows = ['2026-03-01T10:00:05.000Z\tinfo\tLogs\t{"resource logs": 1, "log records": 9}']
    for index, m in enumerate(messages):
        rows += [
            f"LogRecord #{index}", "ObservedTimestamp: 1970-01-01 00:00:00 +0000 UTC",
            f"Timestamp: 2026-03-01 {clock(m)} +0000 UTC", "SeverityText: DEBUG",
            "SeverityNumber: Debug(5)", f"Body: Str({m.way} {compact(m.event)})",
            "Trace ID: ", "Span ID: ", "Flags: 0",
        ]  # fmt: skip
    return "\n".join(rows) + "\n"


@lines("php laravel log")
def _laravel(m: Message) -> str:
    return f"[{iso(m, 0, '').replace('T', ' ')}] local.DEBUG: {m.way} {json.dumps(m.event)} "


@layout("pytest caplog")
def _caplog(messages: list[Message]) -> str:
    rows = [f"DEBUG    app.rt:rt.py:33 {m.way} {compact(m.event)}" for m in messages]
    return "\n".join(["------ Captured log call ------", *rows]) + "\n"


@lines("python repr in a string")
def _repr_in_string(m: Message) -> str:
    return compact({"time": iso(m), "level": "DEBUG", "msg": f"{m.way} {m.event!r}"})


@lines("rust tracing text")
def _tracing(m: Message) -> str:
    text = quoted(compact(m.event))
    return f"{iso(m, 6)} DEBUG voice::ws: {m.way} payload={text} conn=1"


@lines("rust debug of tungstenite")
def _tungstenite(m: Message) -> str:
    return f"{iso(m, 6)} DEBUG voice::ws: {m.way} Text(Utf8Bytes({quoted(compact(m.event))}))"


@lines("serilog console")
def _serilog(m: Message) -> str:
    return f"[{clock(m, 0)} DBG] {m.way.upper()} {compact(m.event)}"


@lines("slog text")
def _slog_text(m: Message) -> str:
    return f"time={iso(m)} level=DEBUG msg={m.way} raw={quoted(compact(m.event))}"


@lines("service event list", types_only=True)
def _service(m: Message) -> str:
    said = "Sending event: " if m.sent else "Received service event: service - "
    return f"{iso(m, 0, '').replace('T', ' ')} - {said}{m.event['type']}"


@lines("uvicorn trace")
def _uvicorn(m: Message) -> str:
    way, word = ("receive", "Receive") if m.sent else ("send", "Send")
    row = {"type": f"websocket.{way}", "text": json.dumps(m.event)}
    return f"{clock(m)} TRACE:    127.0.0.1:51234 - ASGI [2] {word} {row!r}"


@lines("wscat")
def _wscat(m: Message) -> str:
    return f"{'>' if m.sent else '<'} {compact(m.event)}"


@lines("websockets debug", cut=True)
def _websockets(m: Message) -> str:
    text = json.dumps(m.event)
    cut = text if len(text) < 72 else f"{text[:49]}...{text[-21:]}"
    return f"{iso(m)} DEBUG websockets.client {'>' if m.sent else '<'} TEXT '{cut}' [{len(text)} bytes]"


@layout("yaml cassette")
def _cassette(messages: list[Message]) -> str:
    rows = [f"- direction: {m.way}\n  at: {m.at:g}\n  data: '{compact(m.event)}'" for m in messages]
    return "\n".join(rows) + "\n"


# -- prints of languages ---------------------------------------------------------------------


@lines("dart print")
def _dart(m: Message) -> str:
    return f"flutter: {m.way} {prints.dart(m.event)}"


@lines("java record")
def _java(m: Message) -> str:
    return f"{clock(m)} DEBUG {m.way} {prints.java_record(m.event)}"


@lines("kotlin map")
def _kotlin(m: Message) -> str:
    return f"03-01 {clock(m)}  3021  3060 D Realtime: {m.way} {prints.kotlin(m.event)}"


@lines("nsdictionary")
def _nsdictionary(m: Message) -> str:
    return f"{m.way} {prints.nsdictionary(m.event)}"


@lines("node buffer", cut=True)
def _buffer(m: Message) -> str:
    return f"{m.way} {prints.buffer(m.event)}"


@lines("perl dumper")
def _perl(m: Message) -> str:
    return f"{clock(m)} {m.way} $VAR1 = {prints.dumper(m.event)};"


@lines("php print_r")
def _print_r(m: Message) -> str:
    return f"[{iso(m)}] {m.way}\n{prints.print_r(m.event)}"


@lines("php var_dump")
def _var_dump(m: Message) -> str:
    return f"{m.way}\n{prints.var_dump(m.event)}"


@lines("ruby inspect")
def _ruby(m: Message) -> str:
    return f"D, [{iso(m, 6, '')} #12] DEBUG -- : {m.way} {prints.ruby(m.event)}"


@lines("ruby 3.4 inspect")
def _ruby34(m: Message) -> str:
    return f"D, [{iso(m, 6, '')} #12] DEBUG -- : {m.way} {prints.ruby34(m.event)}"


@lines("swift dictionary")
def _swift(m: Message) -> str:
    return f"{m.way}: {prints.swift(m.event)}"


# -- what wraps lines and values once more ------------------------------------------------------


@lines("docker json-file")
def _docker(m: Message) -> str:
    text = f"{m.way} {compact(m.event)}\n"
    return json.dumps({"log": text, "stream": "stdout", "time": iso(m)})


@lines("cri")
def _cri(m: Message) -> str:
    return f"{iso(m, 6)} stdout F {m.way} {compact(m.event)}"


@lines("docker compose")
def _compose(m: Message) -> str:
    return f"voice-1  | {iso(m)} DEBUG {m.way} {compact(m.event)}"


@layout("datadog")
def _datadog(messages: list[Message]) -> str:
    rows = [
        {
            "id": str(index), "attributes": {
                "attributes": {"ws": {"dir": m.way, "frame": m.event}}, "timestamp": iso(m),
                "message": "ws", "status": "debug",
            },
        }
        for index, m in enumerate(messages)
    ]  # fmt: skip
    return json.dumps({"data": rows})


@layout("azure tables")
def _azure_tables(messages: list[Message]) -> str:
    rows = [[iso(m), f"{m.way} {compact(m.event)}"] for m in messages]
    columns = [{"name": "TimeGenerated"}, {"name": "Message"}]
    return json.dumps({"tables": [{"name": "t", "columns": columns, "rows": rows}]})


@lines("a string in a string in a string")
def _strings(m: Message) -> str:
    inner = json.dumps({"dir": m.way, "e": m.event})
    message = json.dumps({"lvl": "debug", "m": inner})
    return json.dumps({"timestamp": iso(m), "message": message})


@lines("go map")
def _go_map(m: Message) -> str:
    return f"2026/03/01 {clock(m, 0)} {m.way} {prints.go_map(m.event)}"


@lines("go bytes")
def _go_bytes(m: Message) -> str:
    numbers = " ".join(map(str, compact(m.event).encode()))
    return f"2026/03/01 {clock(m, 0)} {m.way} [{numbers}]"


@lines("serde_json debug")
def _serde(m: Message) -> str:
    return f"{iso(m, 6)} DEBUG rt: {m.way} {prints.serde(m.event)}"
