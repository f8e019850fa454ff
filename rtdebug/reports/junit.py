"""The report for pipelines: JUnit XML, one test case for each step and each root finding.

Readers key on ``classname`` and ``name`` and drop what comes twice, so both are made unique; the
characters XML 1.0 has no place for are shown as escapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from xml.etree.ElementTree import Element, indent, tostring

from rtdebug.model.findings import Severity
from rtdebug.model.results import Outcome, Report, Run
from rtdebug.reports.faults import NO_VERDICT, bad_groups, finding_lines, first_line, has_failed
from rtdebug.reports.grouping import grouped
from rtdebug.reports.ladder_lines import lines
from rtdebug.reports.signs import UNICODE, without_commands
from rtdebug.safe import one_line, safe

_LADDER = 40
_TEXT_LIMIT = 20_000  # characters of a failure's body: readers refuse large files
_NAME_LIMIT = 200
_MESSAGE_LIMIT = 1000
_NOT_XML = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}


def render(report: Report) -> str:
    """``report`` as a JUnit XML document ending in a newline."""
    root = Element("testsuites", name="rtdebug")
    classnames: Counter[str] = Counter()
    for run in report.runs:
        root.append(_suite(run, _unique(_classname(run), classnames), report.started))
    if report.problems:
        root.append(_whole(report))
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
        if run.excused:
            _excuse(case, run.excused)
        suite.append(case)
    _attach(run, suite)
    _remarks(run, suite)
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))
    return suite


def _whole(report: Report) -> Element:
    """What is wrong with all runs together, as a suite of its own."""
    count = str(len(report.problems))
    suite = _element("testsuite", name="rtdebug", timestamp=report.started, time="0.000",
                     tests=count, failures=count, errors="0", skipped="0")  # fmt: skip
    names: Counter[str] = Counter()
    for problem in report.problems:
        case = _element("testcase", classname="rtdebug", time="0.000",
                        name=_unique(one_line(problem.name, _NAME_LIMIT), names))  # fmt: skip
        case.append(_problem("failure", problem.name, problem.message, _text([problem.message])))
        suite.append(case)
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
        "rows_left_out": str(run.rows_left_out),
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
    roots = bad_groups(run)[
        :1
    ]  # the first failed step carries the first root: one fault, one failure
    for step in run.steps:
        at = since if step.at is None else step.at
        case = _case(f"{step.index} {step.label}", run, time=max(at - since, 0.0))
        if step.source:
            case.set("file", _attribute(step.source.path))
            case.set("line", str(step.source.line))
        if step.outcome is Outcome.FAILED:
            told = [line for group in roots for line in ("", *finding_lines(group, run))]
            roots = []
            body = _text([step.detail, *told, "", *drawn])
            case.append(_problem("failure", step.label, first_line(step), body))
        elif step.outcome is Outcome.SKIPPED:
            case.append(_element("skipped", message=step.detail or "not reached"))
        since = max(since, at)
        yield case


def _finding_cases(run: Run, drawn: Sequence[str]) -> Iterable[Element]:
    """Root findings that make the run bad: the errors, or the warnings where nothing else does.
    Where there was no session, or nothing in it, that one failure carries them."""
    if run.outcome in (Outcome.ERROR, Outcome.EMPTY):
        return
    for group in bad_groups(run)[1 if has_failed(run.steps) else 0 :]:
        finding = group.root
        case = _case(f"finding {finding.name}", run)
        body = _text([*finding_lines(group, run), "", *drawn])
        if not run.outcome.is_good:
            case.append(_problem("failure", finding.name, finding.title, body))
        else:  # not bad enough for this run: told, without failing it
            case.append(_with_text("system-out", body))
        yield case


def _session_cases(run: Run, drawn: Sequence[str]) -> Iterable[Element]:
    """What is no step's and no finding's: no session, nothing to judge, or nothing wrong."""
    if run.outcome in NO_VERDICT:
        name, words = NO_VERDICT[run.outcome]
        groups = grouped(run.findings) if run.outcome is not Outcome.INTERRUPTED else []
        case = _case("session", run)
        if run.outcome is Outcome.ERROR and groups:
            name, words = groups[0].root.name, groups[0].root.title
        told = [line for group in groups for line in (*finding_lines(group, run), "")]
        case.append(_problem("error", name, words, _text([*told, *run.notes, *drawn])))
        yield case
    elif not run.steps:
        yield _case("session", run, time=run.duration)


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


def _excuse(case: Element, why: str) -> None:
    """What is bad and does not count is skipped, with what it is."""
    for bad in (*case.findall("failure"), *case.findall("error")):
        bad.tag = "skipped"
        bad.set("message", _attribute(one_line(f"{why}: {bad.get('message')}", _MESSAGE_LIMIT)))


def _attach(run: Run, suite: Element) -> None:
    """The capture goes with the first case that is bad, as GitLab and Jenkins look for it."""
    bad = (case for case in suite.iter("testcase") if case.find("failure") is not None
           or case.find("error") is not None)  # fmt: skip
    case = next(bad, None)
    if case is not None and run.capture and "]]" not in run.capture:
        out = _element("system-out")
        out.text = f"[[ATTACHMENT|{one_line(_attribute(run.capture))}]]"
        case.append(out)


# Words


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
    # Which files are attached is for us alone to say.
    return safe(text).replace("[[ATTACHMENT|", "[ [ATTACHMENT|").translate(_NOT_XML)


def _text(told: Iterable[str]) -> str:
    text = without_commands(_attribute("\n".join(told))).strip("\n")
    return text if len(text) <= _TEXT_LIMIT else text[:_TEXT_LIMIT] + "\n… cut here"


def _seconds(seconds: float) -> str:
    return f"{max(seconds, 0.0):.3f}"
