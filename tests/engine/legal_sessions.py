"""A model of legal sessions: every order of events that the protocol allows, by free choice.

It knows text turns, audio with and without turn detection, barge-in, cancels, tools, MCP, responses
beside the conversation, several items a response, transcription sessions, and what servers may
leave out or add: mirrors of items, rate limits, unknown events and fields.
(OpenAI Realtime reference; captures of 2024 to 2026.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from building import URL, Move, Payload, Reply, Talk, message, user
from choosing import Chooser

from rtdebug.model.records import Record, Sender

VOCABULARY = (
    "The museum ", "opens ", "at nine", ". ", "Züge ", "fahren ", "später", " \u2014 ", "東京", "駅 ",
    '"so"', "\n", "👩\u200d🚀 ", "e\u0301", "\\", "ok",
)  # fmt: skip
TOOL = {"type": "function", "name": "get_hours", "parameters": {"type": "object", "properties": {}}}
MCP = {"type": "mcp", "server_label": "timetable", "server_url": "https://mcp.example.com/sse"}
THINKING = (0.5, 2.0, 6.0)  # seconds a user takes


def legal_session(choose: Chooser) -> list[Record]:
    """One legal session as records, from the open connection to its end."""
    scenes = _Transcription(choose) if choose.number(0, 7) == 7 else _Conversation(choose)
    scenes.play()
    return scenes.records()


class _Scenes:
    """What all sessions share."""

    url = URL

    def __init__(self, choose: Chooser, talk: Talk) -> None:
        self.choose = choose
        self.talk = talk
        self._asked = 0

    def play(self) -> None:
        """The whole session."""
        raise NotImplementedError

    def records(self) -> list[Record]:
        """What came about, with what servers may say at any time mixed in."""
        self._strangers()
        return self.talk.records(self.url)

    def _strangers(self) -> None:
        """Events and fields that nobody knows yet, and limits at any moment."""
        choose, moves = self.choose, self.talk.moves
        limit = {"name": "tokens", "limit": 40000, "remaining": 39000, "reset_seconds": 1.5}
        for kind in ("event", "field", "limits"):
            if not choose.flip():
                continue
            place = choose.number(3, len(moves) - 1)
            if kind == "event":
                payload: Payload = {"type": "session.mood.updated", "event_id": "", "mood": "calm"}
                moves.insert(place, Move("server", payload))
            elif kind == "limits":
                payload = {"type": "rate_limits.updated", "event_id": "", "rate_limits": [limit]}
                moves.insert(place, Move("server", payload))
            elif moves[place].sender == "server":
                known = moves[place]
                moves[place] = known._replace(payload={**known.payload, "x_trace": "abc"})

    def ids(self) -> Payload:
        """An id on a client event, or none."""
        if not self.choose.flip():
            return {}
        self._asked += 1
        return {"event_id": f"ask_{self._asked}"}

    def words(self, most: int = 5) -> tuple[str, ...]:
        """Some pieces of text."""
        return tuple(self.choose.pick(VOCABULARY) for _ in range(self.choose.number(1, most)))

    def weave(self, start: int, inner: Sequence[Move]) -> None:
        """Mixes ``inner``, in its order, into what was said since ``start``."""
        moves = self.talk.moves
        places = sorted(self.choose.number(start, len(moves)) for _ in inner)
        for place, move in reversed(list(zip(places, inner, strict=True))):
            moves.insert(place, move)


class _Conversation(_Scenes):
    """A session that answers."""

    def __init__(self, choose: Chooser) -> None:
        self.spoken = choose.flip()
        format_ = choose.pick(("audio/pcmu", "audio/pcm")) if self.spoken else "audio/pcmu"
        super().__init__(choose, Talk(modality="audio" if self.spoken else "text", format_=format_))
        # Some servers announce items in the old way, and those of responses not at all.
        self.sparse = choose.number(0, 5) == 5
        self.vad = self.spoken and choose.flip()
        self.answers_itself = self.vad and choose.number(0, 3) > 0
        self.transcribes = self.spoken and choose.flip()
        self.mcp = choose.number(0, 5) == 5
        self.heard: list[str] = []  # items of audio
        self.written: list[str] = []

    # -- the whole ----------------------------------------------------------------------------

    def play(self) -> None:
        """Begins, then goes from scene to scene."""
        self._begin()
        for _ in range(self.choose.number(1, 4)):
            self.choose.pick(self._possible())()
            self.talk.moves.append(self._pause())

    def _possible(self) -> tuple[Callable[[], None], ...]:
        scenes: list[Callable[[], None]] = [self.text_turn, self.tool_turn, self.cancelled_turn]
        scenes += [self.beside, self.housekeeping, self.update_again, self.cancel_of_nothing]
        if self.mcp:
            scenes.append(self.mcp_turn)
        if self.vad:
            scenes += [self.vad_turn, self.barge_in, self.idle_timeout, self.cleared_speech]
        elif self.spoken:
            scenes += [self.committed_turn, self.committed_turn]
        return tuple(scenes)

    def _pause(self) -> Move:
        """A user thinks, and the client keeps the session as it is."""
        payload = {"type": "session.update", "session": {"type": "realtime", "tool_choice": "auto"}}
        self.talk.moves.append(Move("client", payload, self.choose.pick(THINKING)))
        answer = {"type": "session.updated", "event_id": "", "session": self.talk.session}
        return Move("server", answer)

    def _begin(self) -> None:
        talk, choose = self.talk, self.choose
        tools: list[Payload] = [TOOL] if choose.flip() else []
        settings: Payload = {
            "turn_detection": self._turn_detection(),
            "transcription": {"model": "gpt-4o-transcribe"} if self.transcribes else None,
            "tools": [*tools, MCP] if self.mcp else tools,
        }
        early = choose.number(0, 5) == 5
        if early:  # a client may speak before the server has
            with talk.aside() as created:
                talk.created()
            talk.ask_update(**settings)
            talk.moves.extend(created)
            talk.confirm_update()
        else:
            talk.start(**settings)
        if self.mcp:
            self._list_tools()

    def _turn_detection(self) -> Payload | None:
        if not self.vad:
            return None
        more = {"create_response": self.answers_itself, "interrupt_response": True}
        if self.choose.flip():
            return {"type": "semantic_vad", "eagerness": "auto", **more}
        return {
            "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
            "silence_duration_ms": 200, "idle_timeout_ms": 6000, **more,
        }  # fmt: skip

    def _list_tools(self) -> None:
        talk = self.talk
        item = {"id": talk.name("item"), "type": "mcp_list_tools", "server_label": "timetable"}
        tool = {"name": "departures", "input_schema": {"type": "object", "properties": {}}}
        talk.server(
            "conversation.item.added", previous_item_id=talk.last, item={**item, "tools": []}
        )
        talk.server("mcp_list_tools.in_progress", item_id=item["id"])
        talk.server("mcp_list_tools.completed", item_id=item["id"])
        done = {**item, "tools": [tool]}
        talk.server("conversation.item.done", previous_item_id=talk.last, item=done)
        talk.last = item["id"]

    # -- items --------------------------------------------------------------------------------

    def say(self, item: Payload) -> str:
        """One item of the client and its acknowledgement."""
        self.talk.create_item(item, **self.ids())
        return self.take(item)

    def take(self, item: Payload) -> str:
        """The server takes an item in, in one of the ways servers have."""
        if not self.sparse:
            return self.talk.add_item(item)
        whole = {"id": item.get("id") or self.talk.name("item"), "status": "completed", **item}
        self.talk.server("conversation.item.created", previous_item_id=self.talk.last, item=whole)
        self.talk.last = whole["id"]
        return str(whole["id"])

    def speak_up(self) -> None:
        """What the user types: one or more items, acknowledged at once or all together."""
        items = [self._typed() for _ in range(self.choose.number(1, 3))]
        if self.choose.flip():
            for item in items:
                self.written.append(self.say(item))
            return
        for item in items:
            self.talk.create_item(item, **self.ids())
        self.written.extend(self.take(item) for item in items)

    def _typed(self) -> Payload:
        own = {"id": self.talk.name("mine")} if self.choose.flip() else {}
        text = "".join(self.words())
        if self.choose.number(0, 4) == 4:
            return message("system", {"type": "input_text", "text": text}, **own)
        return user(text, **own)

    # -- replies ------------------------------------------------------------------------------

    def ask(self, **response: Any) -> None:
        """The client asks for a response."""
        more = {"response": response} if response else {}
        self.talk.client("response.create", **self.ids(), **more)

    def reply(self, **more: Any) -> Reply:
        """The server begins one."""
        return Reply(self.talk, **more)

    def messages(self, reply: Reply) -> list[str]:
        """One or two messages; a short one often goes before the answer."""
        count = 1 + (self.choose.number(0, 3) == 3)
        return [
            reply.say(*self.words(), then=self._meanwhile, mirror=not self.sparse)
            for _ in range(count)
        ]

    def _meanwhile(self) -> None:
        """What a client may do while the server speaks."""
        act = self.choose.number(0, 9)
        if act == 9:
            self.say(user("And another thing."))
        elif act == 8 and self.vad:
            self.talk.append(2)
        elif act == 7:
            self.update_again()
        elif act == 6 and self.written:
            gone = self.written.pop(0)
            self.talk.client("conversation.item.delete", item_id=gone, **self.ids())
            self.talk.server("conversation.item.deleted", item_id=gone)

    def finish(self, reply: Reply, status: str = "completed", reason: str | None = None) -> None:
        """The end, with or without word of the limits."""
        details = {"reason": reason} if reason else None
        reply.done(status, details, limits=self.choose.flip())

    def text_turn(self) -> None:
        """Something typed and its answer."""
        self.speak_up()
        self.talk.say(self._last_word()) if not self.sparse else self.say(user("And then?"))
        self.ask()
        reply = self.reply()
        self.messages(reply)
        self.finish(reply)

    def _last_word(self) -> str:
        return "".join(self.words()) + "?"

    def tool_turn(self) -> None:
        """One or more calls, their outputs, and the answer that follows them."""
        talk, choose = self.talk, self.choose
        self.say(user("When does it open?"))
        self.ask()
        reply = self.reply()
        if choose.flip():
            reply.say(*self.words(2), mirror=not self.sparse)
        calls = [
            reply.call("get_hours", *self._arguments(), mirror=not self.sparse)
            for _ in range(choose.number(1, 3))
        ]
        outputs = [
            {"type": "function_call_output", "call_id": call, "output": '{"opens": 9}'}
            for call in calls
        ]
        if choose.flip():  # the outputs may go before the response is done
            for output in outputs:
                self.say(output)
            self.finish(reply)
        else:
            self.finish(reply)
            for output in outputs:
                talk.create_item(output, **self.ids())
            for output in outputs:
                self.take(output)
        self.ask()
        second = self.reply()
        self.messages(second)
        self.finish(second)

    def _arguments(self) -> tuple[str, ...]:
        whole = json.dumps({"place": self.choose.pick(VOCABULARY), "day": 3})
        cut = self.choose.number(1, len(whole) - 1)
        return (whole[:cut], whole[cut:])

    def mcp_turn(self) -> None:
        """A tool the server calls by itself, and perhaps an answer in the same response."""
        self.say(user("From which platform?"))
        self.ask()
        reply = self.reply()
        reply.call_mcp("departures", '{"station":', ' "Ghent"}', mirror=not self.sparse)
        self.messages(reply)
        self.finish(reply)
        if self.choose.flip():
            self._approved_call()

    def _approved_call(self) -> None:
        """A call that the client must allow first."""
        self.say(user("Book it."))
        self.ask()
        reply = self.reply()
        asked = reply.ask_approval("book", '{"seat": 4}', mirror=not self.sparse)
        self.finish(reply)
        yes = {"type": "mcp_approval_response", "approval_request_id": asked, "approve": True}
        self.say({"id": self.talk.name("mine"), **yes})
        self.ask()
        second = self.reply()
        second.call_mcp("book", '{"seat": ', "4}", mirror=not self.sparse)
        self.messages(second)
        self.finish(second)

    def cancelled_turn(self) -> None:
        """The client breaks off: before anything came, or in the middle."""
        self.say(user("Tell me all about it."))
        self.ask()
        reply = self.reply()

        def stop() -> None:
            self.talk.client("response.cancel", **self.ids())

        if self.choose.number(0, 3) == 0:
            stop()
        else:
            words = self.words()
            broken = self.choose.number(0, len(words))
            item = reply.say(*words, stop=broken, then=stop, mirror=not self.sparse)
            if self.spoken and broken:
                self.heard.append(item)
        self.finish(reply, "cancelled", "client_cancelled")

    def cancel_of_nothing(self) -> None:
        """A cancel that comes too late: a harmless race."""
        self.talk.client("response.cancel", event_id="late_cancel")
        error = {
            "type": "invalid_request_error", "code": "response_cancel_not_active", "param": None,
            "message": "Cancellation failed: no active response found", "event_id": "late_cancel",
        }  # fmt: skip
        self.talk.server("error", error=error)

    def beside(self) -> None:
        """A response beside the conversation, alone or while another is spoken."""
        start = len(self.talk.moves)
        if self.choose.flip():
            self.text_turn()
        label = {"use": self.talk.name("title")}
        asked = {
            "conversation": "none", "metadata": label, "output_modalities": ["text"],
            "input": [user("Name this talk.")],
        }  # fmt: skip
        with self.talk.aside() as inner:
            self.ask(**asked)
            reply = self.reply(modality="text", beside=True, metadata=label)
            reply.say(*self.words())
            self.finish(reply)
        self.weave(start, inner)

    def housekeeping(self) -> None:
        """Items are looked at, cut, and deleted."""
        talk = self.talk
        note = self.say(message("system", {"type": "input_text", "text": "Be kind."}))
        if self.choose.flip():
            talk.client("conversation.item.retrieve", item_id=note, **self.ids())
            text = {"type": "input_text", "text": "Be kind."}
            item = message("system", text, id=note, status="completed")
            talk.server("conversation.item.retrieved", item=item)
        if self.heard and self.choose.flip():
            place = {"item_id": self.heard[-1], "content_index": 0, "audio_end_ms": 10}
            talk.client("conversation.item.truncate", **place, **self.ids())
            talk.server("conversation.item.truncated", **place)
        if self.choose.flip():
            talk.client("conversation.item.delete", item_id=note, **self.ids())
            talk.server("conversation.item.deleted", item_id=note)
            talk.last = None if talk.last == note else talk.last

    def update_again(self) -> None:
        """A setting changes in the middle."""
        self.talk.client("session.update", session={"type": "realtime", "instructions": "Go on."})
        self.talk.session = {**self.talk.session, "instructions": "Go on."}
        self.talk.server("session.updated", session=self.talk.session)

    # -- audio in -----------------------------------------------------------------------------

    def transcript(self, id_: str, start: int) -> None:
        """What was heard, at any time after ``start``; some models send it in one piece."""
        if not self.transcribes:
            return
        with self.talk.aside() as inner:
            words = ("", *self.words()) if self.choose.flip() else self.words()
            self.talk.transcribe(id_, *words, deltas=self.choose.flip())
        self.weave(start, inner)

    def take_audio(self, id_: str | None = None) -> str:
        """Committed audio becomes an item."""
        if not self.sparse:
            return self.talk.commit(id_)
        id_ = id_ or self.talk.name("item")
        server = self.talk.server
        server("input_audio_buffer.committed", previous_item_id=self.talk.last, item_id=id_)
        return self.take(message("user", {"type": "input_audio", "transcript": None}, id=id_))

    def committed_turn(self) -> None:
        """Audio that the client commits by hand, answered because it asks."""
        self.talk.append(self.choose.number(2, 6))
        if self.choose.number(0, 4) == 4:
            self.talk.client("input_audio_buffer.clear", **self.ids())
            self.talk.server("input_audio_buffer.cleared")
            self.talk.append(3)
        self.talk.client("input_audio_buffer.commit", **self.ids())
        id_ = self.take_audio()
        start = len(self.talk.moves)
        self.ask()
        reply = self.reply()
        self.heard.extend(self.messages(reply))
        self.finish(reply)
        self.transcript(id_, start)

    def hear(self) -> str:
        """Speech begins; the id of the item it will become."""
        talk = self.talk
        talk.append(self.choose.number(2, 6))
        id_ = talk.name("item")
        start_ms = max(0, talk.heard - 200)
        talk.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=start_ms)
        talk.append(self.choose.number(3, 8))
        return id_

    def vad_turn(self) -> None:
        """Speech that the server hears the end of, or that the client commits itself."""
        talk = self.talk
        id_ = self.hear()
        act = self.choose.number(0, 6)
        if act == 6:
            talk.client("input_audio_buffer.commit", **self.ids())
        else:
            talk.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=talk.heard)
        if act == 5:  # the user goes on after all
            id_ = id_ if self.choose.flip() else talk.name("item")
            start_ms = talk.heard
            talk.append(3)
            talk.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=start_ms)
            talk.append(3)
            talk.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=talk.heard)
        self.take_audio(id_)
        start = len(talk.moves)
        if not self.answers_itself:
            self.ask()
        reply = self.reply()
        self.heard.extend(self.messages(reply))
        self.finish(reply)
        self.transcript(id_, start)

    def barge_in(self) -> None:
        """The user speaks into the answer."""
        talk = self.talk
        self.say(user("Tell me all about it."))
        self.ask()
        reply = self.reply()
        new: list[str] = []
        words = self.words()
        broken = self.choose.number(1, len(words))
        item = reply.say(
            *words, stop=broken, then=lambda: new.append(self.hear()), mirror=not self.sparse
        )
        self.finish(reply, "cancelled", "turn_detected")
        place = {"item_id": item, "content_index": 0, "audio_end_ms": 40}
        talk.client("conversation.item.truncate", **place, **self.ids())
        talk.server("conversation.item.truncated", **place)
        talk.server("input_audio_buffer.speech_stopped", item_id=new[0], audio_end_ms=talk.heard)
        self.take_audio(new[0])
        start = len(talk.moves)
        if not self.answers_itself:
            self.ask()
        second = self.reply()
        self.messages(second)
        self.finish(second)
        self.transcript(new[0], start)

    def cleared_speech(self) -> None:
        """The client throws audio away while the server hears speech in it."""
        self.hear()
        self.talk.client("input_audio_buffer.clear", **self.ids())
        self.talk.server("input_audio_buffer.cleared")

    def idle_timeout(self) -> None:
        """Nobody speaks for so long that the server asks."""
        talk = self.talk
        talk.append(self.choose.number(5, 12))
        id_ = talk.name("item")
        span = {"audio_start_ms": max(0, talk.heard - 500), "audio_end_ms": talk.heard}
        talk.server("input_audio_buffer.timeout_triggered", item_id=id_, **span)
        self.take_audio(id_)
        reply = self.reply()
        self.messages(reply)
        self.finish(reply)
        self.transcript(id_, len(talk.moves))


class _Transcription(_Scenes):
    """A session that only writes down what it hears."""

    url = "wss://api.example.com/v1/realtime?intent=transcription"

    def __init__(self, choose: Chooser) -> None:
        super().__init__(choose, Talk(format_=choose.pick(("audio/pcmu", "audio/pcm"))))
        self.vad = choose.flip()

    def play(self) -> None:
        """Some stretches of speech."""
        detection = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
                     "silence_duration_ms": 200} if self.vad else None  # fmt: skip
        model = {"model": "gpt-4o-transcribe"}
        self.talk.start("transcription", turn_detection=detection, transcription=model)
        for _ in range(self.choose.number(1, 3)):
            self._stretch()

    def _stretch(self) -> None:
        talk, id_ = self.talk, self.talk.name("item")
        begin = len(talk.moves) + 1
        talk.append(self.choose.number(2, 5))
        if self.vad:
            start_ms = max(0, talk.heard - 200)
            talk.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=start_ms)
            talk.append(4)
        if self.vad and self.choose.number(0, 3):
            talk.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=talk.heard)
        else:
            talk.client("input_audio_buffer.commit", **self.ids())
        with talk.aside() as inner:
            talk.transcribe(id_, *self.words(), deltas=self.choose.flip())
        early, final = inner[:-1], inner[-1]
        talk.commit(id_)
        # Streaming models write while they hear, before the commit.
        self.weave(begin if self.choose.flip() else len(talk.moves), early)
        talk.moves.append(final)


def senders(records: Sequence[Record]) -> set[Sender]:
    """Who speaks in a session."""
    return {record.sender for record in records if hasattr(record, "sender") and record.sender}
