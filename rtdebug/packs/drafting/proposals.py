"""Proposes what messages mean, by their names and by what followed what: for a person to confirm.

A name is weak evidence, so whatever is doubtful stays a note: a silence that is missed can be added
by hand, a false alarm makes a pack useless.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from rtdebug.model.records import Sender
from rtdebug.packs.drafting.draft import Draft, Message
from rtdebug.packs.drafting.pointing import id_pointers, properties
from rtdebug.packs.drafting.wording import spoken, stems, words

_GRACES = stems("apply applied success failure fail complete completed ack done ok ready confirm "
                "confirmed metadata accepted result response reply")  # fmt: skip
_EMPTY_WORDS = stems("client data server message event request")
_SETUPS = ("setup", "settings", "start", "init", "initiation", "begin", "connect", "config")
_GREETINGS = spoken("welcome connected hello begin begins ready opened")
_OUTPUT = spoken("agent assistant response reply answer bot")
_NO_OUTPUT = spoken("user error warning correction tool function request metadata updated "
                       "listen connected disconnected status internal tentative")  # fmt: skip
_ENDS = spoken("done end ended complete completed finished stop stopped")
_CLOSING = spoken("close end terminate finish stop disconnect")
_OVER = spoken("end ended closed finished terminated termination")
_WHOLE = spoken("session stream transcript conversation termination terminated")
_FAILED = spoken("error exceeded")
_NO_AUDIO = spoken("added done start started end ended event stopped commit clear cleared "
                      "interrupted received")  # fmt: skip
_TOOL = spoken("tool function")
_USE = spoken("call invoke request use")
_RESULT = spoken("result response output cancelled")
_ASKS_BACK = re.compile(r"expects?_re(sponse|sult)|client_side|response_required")
_SECONDS = re.compile(r"(\d+)[ -]?s(?:ec(?:ond)?s?)?\b")


class Proposals:
    """The rows of a pack. ``facts`` are by side and type, each a row or a word."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.facts: dict[Sender, dict[str, Any]] = {
            sender: {one.type: "note" for one in draft.of(sender)} for sender in Sender
        }
        self.calls: list[dict[str, Any]] = []
        self.scopes: dict[str, dict[str, Any]] = {}
        self.beats: list[dict[str, Any]] = []
        self.opens: dict[str, str] = {}
        self.ends: list[str] = []
        self.error: dict[str, list[str]] = {}
        self.signs: dict[str, list[str]] = {}
        self._errors()
        self._audio()
        self._pings()
        self._tools()
        self._turns()
        self._asks()
        self._begin()
        self._end()
        self._alive()

    @property
    def binary(self) -> dict[str, str] | None:
        """What binary messages say."""
        return {one.value: _audio_of(one) for one in self._draft.binary} or None

    # -- what each kind of message is --------------------------------------------------------

    def _errors(self) -> None:
        wanted = {"code": ("code", "error_code", "slug", "status_code"), "type": ("error_type",),
                  "message": ("message", "description", "reason", "error", "detail")}  # fmt: skip
        for one in self._free(Sender.SERVER):
            found = {name: pointer for pointer, name, _ in reversed([*properties(one.schema)])}
            fields = {"error", "error_code"} & found.keys()
            if not _FAILED & spoken(one.type) and not fields:
                continue
            self._say(one, "error")
            for key, names in wanted.items():
                known = self.error.setdefault(key, [])
                own = (found[name] for name in names if name in found)
                known += [pointer for pointer in own if pointer not in known]
        if self._draft.field in {name for names in wanted.values() for name in names}:
            for known in self.error.values():
                known[:] = [one for one in known if one != f"/{self._draft.field}"]
        self.error = {key: known for key, known in self.error.items() if known}

    def _audio(self) -> None:
        for sender in Sender:
            for one in self._free(sender):
                said = spoken(one.type)
                if "audio" in said and not said & _NO_AUDIO:
                    self._say(one, _audio_of(sender))

    def _pings(self) -> None:
        for sender, other in (tuple(Sender), tuple(reversed(Sender))):
            ping, pong = self._named(sender, {"ping"}), self._named(other, {"pong"})
            if ping and pong:
                finding = "ping-unanswered" if sender is Sender.SERVER else "request-unanswered"
                self._call("ping", ping[:1], "pong", pong[:1], "20s", finding)
                return

    def _tools(self) -> None:
        answers = self._named(Sender.CLIENT, _TOOL, _RESULT)
        asks = self._named(Sender.SERVER, _TOOL, _USE, unless=_RESULT)
        if answers and asks:
            answer = answers[0]
            ask = max(asks, key=lambda one: len(stems(one.type) & stems(answer.type)))
            same = [one for one in self._free(Sender.SERVER) if one.type == answer.type]
            self._call("tool.call", [ask], "tool.result", [answer, *same], "20s",
                       "tool-output-missing")  # fmt: skip

    def _asks(self) -> None:
        seen = {one.ask: one for one in self._draft.pairs}
        for ask in self._free(Sender.CLIENT):
            answers = [one for one in self._free(Sender.SERVER) if _answers(ask.type, one.type)]
            pair = seen.get(ask.type)
            if not answers and pair is not None:
                answers = [one for one in self._free(Sender.SERVER) if one.type == pair.answer]
            if not answers:
                continue
            word = "-".join(words(ask.type))
            within = f"{max(5, round(pair.slowest * 3))}s" if pair is not None else "5s"
            self._call(
                word, [ask], f"{word}.answer", answers, within, "request-unanswered", ids=False
            )

    def _begin(self) -> None:
        """How a session begins: a greeting of the server's, else what answers the first ask."""
        setups = [row for row in self.calls if _rank(row["ask"]) is not None]
        setup = min(setups, key=lambda row: _rank(row["ask"]) or 0, default=None)
        if setup is not None:
            self._renamed(setup, "setup", "setup.done")
            setup["finding"] = "setup-unanswered"
            if self.error:
                setup["refused"] = "setup-refused"
        greeting = next(filter(self._greets, self._free(Sender.SERVER)), None)
        if greeting is not None and self._draft.first is not Sender.CLIENT:
            self._say(greeting, "greeting")
            self.opens = {"first": "server", "begins": "greeting", "within": "5s"}
            self._sign(greeting)
        elif setup is not None:
            self.opens = {"first": "client", "begins": "setup.done"}

    def _greets(self, one: Message) -> bool:
        first = next(iter(self._draft.of(Sender.SERVER)), None)
        if self._draft.first is Sender.SERVER:
            return one is first
        said = spoken(one.type)
        begins = {"session", "conversation"} <= said or "session" in said
        return (bool(said & _GREETINGS) and len(said) <= 2) or (
            begins and bool(said & {"created", "started", "begins"})
        )

    def _end(self) -> None:
        """What ends a session, and the ask for it."""
        closing = next((row for row in self.calls if _CLOSING & spoken(row["ask"])
                        and _WHOLE & self._said_in(row["by"])), None)  # fmt: skip
        if closing is not None:
            self._renamed(closing, "end", "ended")
            self.ends = ["ended"]
            return
        last = self._named(Sender.SERVER, _WHOLE, _OVER)[:1]
        asks = self._named(Sender.CLIENT, _WHOLE, _CLOSING)[:1]
        if asks and last:
            self._call("end", asks, "ended", last, "30s", "request-unanswered", ids=False)
            self.ends = ["ended"]
        for one, fact in (*((one, "ended") for one in last), *((one, "end") for one in asks)):
            if not self.ends:
                self._say(one, fact)
                self.ends = [fact]

    def _turns(self) -> None:
        broken = [one for one in self._free(Sender.SERVER)
                  if {"interruption", "interrupted"} & spoken(one.type)
                  or {"user", "started", "speaking"} <= spoken(one.type)]  # fmt: skip
        parts = [one for one in self._free(Sender.SERVER) if _is_output(one.type)
                 and one not in broken]  # fmt: skip
        ends = [one for one in parts if _ENDS & spoken(one.type)]
        parts = [one for one in parts if one not in ends]
        said = [fact for fact in ("audio.out", "tool.call") if fact in self._facts_said()]
        asks = [one for one in self._free(Sender.CLIENT) if {"user", "message"} <= spoken(one.type)
                or {"input", "text"} <= spoken(one.type)
                or {"response", "create"} <= spoken(one.type)]  # fmt: skip
        if not parts or not (asks or ends):
            return
        for one in parts:
            self._say(one, "turn.part")
        by = ["turn.part", *said]
        if asks:
            for one in asks:
                self._say(one, "user.turn")
            self.calls.append({"ask": "user.turn", "from": "client", "by": by, "within": "10s",
                               "latest": True, "finding": "turn-unanswered"})  # fmt: skip
        if ends:
            for one in ends:
                self._say(one, "turn.end")
            results = ["tool.result"] if "tool.call" in said else []
            row: dict[str, Any] = {"opens": ["turn.part"], "grows": [*by, *results]}
            row |= {"closes": ["turn.end"], "silence": "10s", "finding": "turn-stalled"}
            if broken:
                for one in broken:
                    self._say(one, "interrupted")
                row["resets"] = ["interrupted"]
            self.scopes["turn"] = row

    def _alive(self) -> None:
        """A keep-alive, where the document says how often."""
        for one in self._free(Sender.CLIENT):
            if {"keep", "alive"} <= spoken(one.type) or "keepalive" in words(one.type):
                told = _SECONDS.search(str(one.schema.get("description", "")))
                if told is not None:
                    self._say(one, "alive")
                    others = [fact for fact in ("audio.in",) if fact in self._facts_said()]
                    by, within = [*others, "alive"], f"{told[1]}s"
                    self.beats.append({"from": "client", "by": by, "within": within,
                                       "finding": "client-audio-missing"})  # fmt: skip
                return

    # -- rows --------------------------------------------------------------------------------

    def _free(self, sender: Sender) -> list[Message]:
        """The messages of a side of which nothing is proposed yet."""
        return [one for one in self._draft.of(sender) if self.facts[sender][one.type] == "note"]

    def _named(
        self, sender: Sender, *groups: Collection[str], unless: Collection[str] = ()
    ) -> list[Message]:
        """The free messages with a word of each group in their names, and none of ``unless``."""
        return [
            one
            for one in self._free(sender)
            if all(spoken(one.type).intersection(group) for group in groups)
            and not spoken(one.type).intersection(unless)
        ]

    def _say(self, one: Message, fact: Any) -> None:
        self.facts[one.sender][one.type] = fact

    def _facts_said(self) -> set[str]:
        rows = (row for types in self.facts.values() for row in types.values())
        return {*map(_fact, rows), *(self.binary or {}).values()}

    def _said_in(self, facts: Collection[str]) -> set[str]:
        rows = ((type_, row) for types in self.facts.values() for type_, row in types.items())
        return {word for type_, row in rows if _fact(row) in facts for word in words(type_)}

    def _call(self, ask: str, asks: list[Message], answer: str, answers: list[Message],
              within: str, finding: str, *, ids: bool = True) -> None:  # fmt: skip
        found = [id_pointers(one.schema) for one in (*asks, *answers)] if ids else [{}]
        common = [name for name in found[0] if all(name in one for one in found)]
        name = max(common, key=_id_rank, default=None)
        for fact, messages in ((ask, asks), (answer, answers)):
            for one in messages:
                self._say(one, _row(fact, one, name, is_ask=messages is asks))
        sender = asks[0].sender
        row: dict[str, Any] = {"ask": ask, "from": sender.value, "by": [answer], "within": within}
        self.calls.append({**row, **({"id": True} if name else {}), "finding": finding})

    def _renamed(self, row: dict[str, Any], ask: str, answer: str) -> None:
        names = {row["ask"]: ask, row["by"][0]: answer}
        for types in self.facts.values():
            for type_, said in types.items():
                if isinstance(said, str) and said in names:
                    types[type_] = names[said]
        row |= {"ask": ask, "by": [answer]}

    def _sign(self, one: Message) -> None:
        ids = id_pointers(one.schema)
        own = [pointer for name, pointer in ids.items() if name.endswith(("_id", "Id"))]
        if own:
            self.signs[one.type] = own[:2]


def _fact(row: Any) -> str:
    return row if isinstance(row, str) else str(row["is"])


def _audio_of(sender: Sender) -> str:
    return "audio.in" if sender is Sender.CLIENT else "audio.out"


def _row(fact: str, one: Message, id_name: str | None, *, is_ask: bool) -> Any:
    if id_name is None:
        return fact
    row: dict[str, Any] = {"is": fact}
    pointer = id_pointers(one.schema)[id_name]
    each, star, rest = pointer.rpartition("/*")
    row |= {"each": f"{each}/*", "id": rest} if star else {"id": pointer}
    flag = next(
        (where for where, name, _ in properties(one.schema) if _ASKS_BACK.fullmatch(name)), None
    )
    if is_ask and flag is not None:
        row |= {"if": flag.replace("/*", "/0"), "value": True}
    return row


def _id_rank(name: str) -> tuple[bool, bool]:
    return "call" in name or "tool" in name, name == "id"


def _answers(ask: str, answer: str) -> bool:
    """Whether one name is that of an answer to the other: `UpdatePrompt`, `PromptUpdated`."""
    own = stems(ask) - _EMPTY_WORDS
    other = stems(answer) - _EMPTY_WORDS
    if not own or not own <= other or other - own - _GRACES:
        return False
    return words(ask) != words(answer)


def _rank(ask: str) -> int | None:
    """How much an ask is one that begins a session."""
    said = spoken(ask)
    if said & {"update", "set", "prompt"}:
        return None
    return next((rank for rank, word in enumerate(_SETUPS) if word in said), None)


def _is_output(type_: str) -> bool:
    said = spoken(type_)
    return bool(said & _OUTPUT) and not said & _NO_OUTPUT
