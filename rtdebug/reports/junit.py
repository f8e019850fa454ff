"""The report for pipelines: JUnit XML, one test case for each step and each root finding.

Readers key on ``classname`` and ``name`` and drop what comes twice, so both are made unique; the
characters XML 1.0 has no place for are shown as escapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from xml.etree.ElementTree import Element, indent, tostring

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.results import Outcome, Report, Run, StepResult
from rtdebug.reports.figures import CERTAINTY_WORDS
from rtdebug.reports.grouping import Group, grouped
from rtdebug.reports.ladder import ends_of
from rtdebug.reports.ladder_lines import event_words, lines
from rtdebug.reports.signs import UNICODE, without_commands
from rtdebug.safe import one_line, safe

_LADDER = 40
_TEXT_LIMIT = 20_000  # characters of a failure's body: readers refuse large files
_NAME_LIMIT = 200
_MESSAGE_LIMIT = 1000
_NOT_XML = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}

_ERRORS = {
    Outcome.ERROR: ("no-session", "No session came about"),
    Outcome.EMPTY: ("nothing-to-judge", "No event came and none could be read"),
    Outcome.INTERRUPTED: ("interrupted", "Stopped before the end"),
}


def render(report: Report) -> str:
    """``report`` as a JUnit XML document ending in a newline."""
    root = Element("testsuites", name="rtdebug")
    classnames: Counter[str] = Counter()
    for run in report.runs:
        root.append(_suite(run, _unique(_classname(run), classnames), report.started))
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    root.set("time", _seconds(sum(run.duration for run in report.runs)))
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(run: Run, classname: str, started: str) -> Element:
    suite = _element("testsuite", name=classname, timestamp=run.started or started,
                     time=_seconds(run.duration))  # fmt: skip
    suite.append(_properties(run))
    drawn = [] if run.outcome.is_good else _ladder(run)
    names: Counter[str] = Counter()
    for case in (
        *_step_cases(run, drawn),
        *_finding_cases(run, drawn),
        *_session_cases(run, drawn),
    ):
        case.set("classname", _attribute(classname))
        case.set("name", _unique(case.get("name", ""), names))
        suite.append(case)
    _remarks(run, suite)
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))
    return suite


def _classname(run: Run) -> str:
    stem = PurePath(run.source.path).stem if run.source else ""
    name = run.name.replace(".", "_")
    return one_line(f"{stem}.{name}" if stem and stem != name else name, _NAME_LIMIT)


def _unique(name: str, taken: Counter[str]) -> str:
    taken[name] += 1
    while taken[name] > 1:
        candidate = f"{name} ({taken[name]})"
        if not taken[candidate]:
            taken[candidate] += 1
            return candidate
        taken[name] += 1
    return name


def _properties(run: Run) -> Element:
    ids = " ".join(response.id for response in run.responses[:100])
    values = {
        "pack": run.pack,
        "peer": run.peer or "not determined",
        "outcome": run.outcome.value,
        "source": run.source.path if run.source else "",
        "target": next((row.summary for row in run.timeline if row.type == "opened"), ""),
        "events.client": str(run.client),
        "events.server": str(run.server),
        "events.dropped": str(run.dropped),
        "responses": ids,
    }
    properties = _element("properties")
    for name, value in values.items():
        if value:
            properties.append(_element("property", name=name, value=value))
    return properties


# Cases


def _step_cases(run: Run, drawn: Sequence[str]) -> Iterable[Element]:
    since = 0.0
    roots = _bad(run)[:1]  # the first failed step carries the first root: one fault, one failure
    for step in run.steps:
        at = since if step.at is None else step.at
        case = _case(f"{step.index} {step.label}", run, time=max(at - since, 0.0))
        if step.source:
            case.set("file", _attribute(step.source.path))
            case.set("line", str(step.source.line))
        if step.outcome is Outcome.FAILED:
            told = [line for group in roots for line in ("", *_finding_lines(group, run))]
            roots = []
            body = _text([step.detail, *told, "", *drawn])
            case.append(_problem("failure", step.label, _first_line(step), body))
        elif step.outcome is Outcome.SKIPPED:
            case.append(_element("skipped", message=step.detail or "not reached"))
        since = max(since, at)
        yield case


def _finding_cases(run: Run, drawn: Sequence[str]) -> Iterable[Element]:
    """Root findings that make the run bad: the errors, or the warnings where nothing else does."""
    if run.outcome is Outcome.ERROR:
        return
    for group in _bad(run)[1 if _failed(run.steps) else 0 :]:
        finding = group.root
        case = _case(f"finding {finding.name}", run)
        body = _text([*_finding_lines(group, run), "", *drawn])
        if not run.outcome.is_good:
            case.append(_problem("failure", finding.name, finding.title, body))
        else:  # not bad enough for this run: told, without failing it
            case.append(_with_text("system-out", body))
        yield case


def _bad(run: Run) -> list[Group]:
    """The roots that make a run bad, by the worst that hangs under each: errors, or warnings where
    nothing else does."""
    groups = grouped(run.findings)
    bad = [group for group in groups if _worst(group) is Severity.ERROR]
    if not bad and run.outcome is Outcome.FAILED and not _failed(run.steps):
        bad = [group for group in groups if _worst(group) is Severity.WARNING]
    return bad


def _worst(group: Group) -> Severity:
    rows = (group.root, *(one for _, one in group.consequences))
    return min((one.severity for one in rows), key=lambda one: Severity(one).rank)


def _session_cases(run: Run, drawn: Sequence[str]) -> Iterable[Element]:
    """What is no step's and no finding's: no session, nothing to judge, or nothing wrong."""
    if run.outcome in _ERRORS:
        name, words = _ERRORS[run.outcome]
        groups = grouped(run.findings)
        case = _case("session", run)
        if run.outcome is Outcome.ERROR and groups:
            name, words = groups[0].root.name, groups[0].root.title
        told = [line for group in groups for line in (*_finding_lines(group, run), "")]
        case.append(_problem("error", name, words, _text([*told, *run.notes, *drawn])))
        yield case
    elif not run.steps:
        yield _case("session", run, time=run.duration)


def _failed(steps: Sequence[StepResult]) -> bool:
    return any(step.outcome is Outcome.FAILED for step in steps)


def _case(name: str, run: Run, *, time: float = 0.0) -> Element:
    case = _element("testcase", name=one_line(name, _NAME_LIMIT), time=_seconds(time))
    if run.source:
        case.set("file", _attribute(run.source.path))
        case.set("line", str(run.source.line))
    return case


def _problem(tag: str, kind: str, message: str, body: str) -> Element:
    problem = _with_text(tag, body)
    problem.set("type", _attribute(one_line(kind, _NAME_LIMIT)))
    problem.set("message", _attribute(one_line(message, _MESSAGE_LIMIT)))
    return problem


def _remarks(run: Run, suite: Element) -> None:
    """Findings that fail nothing, for whoever opens the file."""
    told = [
        f"{finding.severity}: {finding.name}: {finding.title}. {finding.message}"
        for finding in run.findings
        if finding.severity is not Severity.ERROR
    ]
    if told or run.notes:
        suite.append(_with_text("system-out", _text([*run.notes, *told])))


# Words


def _first_line(step: StepResult) -> str:
    return next((line for line in step.detail.splitlines() if line.strip()), step.label)


def _finding_lines(group: Group, run: Run) -> Iterable[str]:
    finding = group.root
    yield f"{finding.name} ({finding.severity}, {CERTAINTY_WORDS[finding.certainty]})"
    yield finding.title
    yield finding.message
    seen = [event_words(run, seq, UNICODE) for seq in ends_of(finding.evidence)]
    if seen:
        yield f"seen: {', '.join(seen)}"
    yield from (f"led to: {other.name}: {other.title}" for _, other in group.consequences)
    yield from _cause_lines(finding)
    if finding.fix:
        yield f"do now: {finding.fix}"


def _cause_lines(finding: Finding) -> Iterable[str]:
    for cause in finding.causes:
        lead = f"cause ({cause.likelihood})" if cause.likelihood else "cause"
        yield f"{lead}: {cause.text}" + (f" (to tell: {cause.test})" if cause.test else "")


def _ladder(run: Run) -> list[str]:
    return [line.plain() for line in lines(run, UNICODE, _LADDER, 120)]


# XML


def _element(tag: str, **attributes: str) -> Element:
    return Element(tag, {name: _attribute(value) for name, value in attributes.items()})


def _with_text(tag: str, text: str) -> Element:
    element = _element(tag)
    element.text = text
    return element


def _attribute(text: str) -> str:
    return safe(text).translate(_NOT_XML)


def _text(told: Iterable[str]) -> str:
    text = without_commands(_attribute("\n".join(told))).strip("\n")
    return text if len(text) <= _TEXT_LIMIT else text[:_TEXT_LIMIT] + "\n… cut here"


def _seconds(seconds: float) -> str:
    return f"{max(seconds, 0.0):.3f}"
