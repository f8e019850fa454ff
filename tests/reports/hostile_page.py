"""A page in which every text that somebody else wrote is hostile."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from page_reading import event, kept_of, with_kept
from report_samples import SAMPLES, C, S

from rtdebug.model.records import Closed, Opened, Record, Remark, Undecodable
from rtdebug.model.results import Report
from rtdebug.model.value import replace
from rtdebug.reports.page.document import render
from rtdebug.secrets.masker import cleaned

_ACTS = (
    "</script><script>hacked=1</script>", "<script>hacked=1</script>", "<!--<script>", "-->", "]]>", "</title><svg onload=hacked=1>",
    "<img src=x onerror=hacked=1>", '"><img src=//example.test/x onerror=hacked=1>', "' onmouseover='hacked=1", "</style><style>*{display:none}",
    "<iframe src=javascript:hacked=1>", "<a href=javascript:hacked=1>x</a>", "javascript:hacked=1", "data:text/html,<script>hacked=1</script>",
    "<meta http-equiv=refresh content=0;url=//example.test>", "<link rel=stylesheet href=//example.test/x.css>", "<base href=//example.test>", "<form action=//example.test>",
    "</SCRIPT ><ScRiPt>hacked=1</ScRiPt>", "\\u003cscript>hacked=1", "&lt;script&gt;hacked=1", "&#60;img src=x onerror=hacked=1&#62;", "${hacked=1}", "{{constructor.constructor('hacked=1')()}}",
    "__proto__", "constructor", "toString", "hasOwnProperty", "length", "#event-1", "run-1/event-2", "data", "events",
    "\x00", "\x1b[2J", "\x7f", "\x85", "\u2028hacked=1", "\u2029", "\u202egnp.exe", "\u2066\u2067\u2069", "\u200b\ufeff", "\ud800", "\udfff\ud800", "\U000e0041", "e\u0301\u0301\u0301", "漢字" * 30,
    "##[error]x", "##vso[task.x]", "::error::x", "\\", '"', "`", "%3Cscript%3E", "\r\n\r\n<h1>", "x" * 4000, "<" * 500, "://", "url(//example.test/x)", "expression(hacked=1)", "@import '//example.test'",
)  # fmt: skip
HOSTILE = tuple(
    _ACTS[at % len(_ACTS)] + ("" if at < len(_ACTS) else f" {at} " + _ACTS[(at * 7) % len(_ACTS)])
    for at in range(200)
)


def hostile_messages() -> list[Record]:
    """Each hostile text as the type, a key, a value and an id of an event of either side."""
    records: list[Record] = [Opened(0.0, HOSTILE[0], headers=((HOSTILE[1], HOSTILE[2]),))]
    for seq, text in enumerate(HOSTILE, 1):
        payload: dict[str, Any] = {
            "type": text or "x",
            "event_id": text,
            text: {text: [text, {text: text}]},
            "response_id": text,
        }
        records.append(event(seq, seq / 10, S if seq % 2 else C, payload))
    last = len(HOSTILE)
    for seq, role in enumerate(
        ("response.created", "response.output_text.delta", "response.done", "error"), last + 1
    ):
        text = HOSTILE[seq % 60]
        payload = {
            "type": role,
            "response_id": text,
            "delta": text,
            "response": {"id": text, "status": text},
            "error": {"code": text, "message": text},
        }
        records.append(event(seq, 30 + seq / 10, S, payload))
    records.append(Undecodable(last + 5, 60.0, S, HOSTILE[0], HOSTILE[1]))
    records.append(Remark(60.5, HOSTILE[3]))
    records.append(Closed(61.0, 1011, HOSTILE[6], S))
    return records


def hostile_report() -> Report:
    """The samples of the reports with a hostile text in place of every text."""
    texts = cycle(HOSTILE)
    kept = kept_of(hostile_messages())
    runs = []
    for sample in SAMPLES.values():
        for run in sample.runs:
            # What hangs under what is left as it is, or nothing would hang anywhere.
            swapped = cleaned(run, lambda _: next(texts), frozenset({"key", "under"}))
            steps = tuple(replace(step, label=f"expect {step.label}") for step in swapped.steps)
            runs.append(with_kept(replace(swapped, steps=steps), kept))
    return Report(tuple(runs), HOSTILE[5], 1, "0.1.0", HOSTILE[:5])


def hostile_page() -> str:
    return render(hostile_report())
