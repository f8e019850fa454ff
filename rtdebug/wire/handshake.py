"""One upgrade through a relay: the server is dialled and answers before the app is answered.

A client tells a refused upgrade from a connection that closes at once, so the server's refusal is
what the app gets, status, headers and body.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from rtdebug.engine.session import Session
from rtdebug.model.records import Opened, Refused, Sender, Step
from rtdebug.packs.load import load_pack
from rtdebug.redaction import DEFAULT
from rtdebug.safe import one_line
from rtdebug.secrets.masker import Masker
from rtdebug.wire import answer, upgrade
from rtdebug.wire.answer_copy import AnswerCopy
from rtdebug.wire.answers import redirected, refusal_bytes
from rtdebug.wire.audience import Arrival, Audience
from rtdebug.wire.fault import LOST, TIMED_OUT, Fault
from rtdebug.wire.forward_http import nothing
from rtdebug.wire.frames import FrameReader
from rtdebug.wire.guard import Refusal
from rtdebug.wire.head_reader import HeadReader
from rtdebug.wire.headers import redactor_for
from rtdebug.wire.http_head import BadHead, HttpHead, HttpRequest, HttpResponse, parse_response
from rtdebug.wire.inflate import negotiated
from rtdebug.wire.passing import answer_to_app, leads_away, offered, request_upstream
from rtdebug.wire.reach import reach
from rtdebug.wire.relay_options import RelayOptions
from rtdebug.wire.splice import Splice
from rtdebug.wire.tap import Tap
from rtdebug.wire.target import shown
from rtdebug.wire.traffic import Traffic

_CHANGED_PROTOCOL = 101


class Handshake:
    """Carries one upgrade and the connection that comes of it; what it records is as it came."""

    def __init__(
        self,
        app: HeadReader,
        request: HttpRequest,
        options: RelayOptions,
        number: int,
        traffic: Traffic,
    ) -> None:
        self._app = app
        self._options = options
        self._traffic = traffic
        url = options.upstream.url(request.target)
        passed, self._left_out = request_upstream(request, options.upstream, options.pass_headers)
        if not options.compression:
            passed = passed.without("sec-websocket-extensions")
        self._request = passed
        self._shown = shown(url)
        self._url = url
        self._headers = tuple(offered(passed.headers))
        redactor = redactor_for(passed.headers, options.redact, url=url)
        headers = redactor.headers(self._headers)
        self._arrival = Arrival(number, redactor.text(url), headers, redactor)
        audience = self._audience()
        self._tap = Tap(number, audience, Masker(redactor), traffic.pulse)
        self._aside = audience.aside

    def _audience(self) -> Audience:
        """Who looks; where that cannot be had, the app is served all the same."""
        try:
            return self._options.on_connection(self._arrival)
        except Exception as error:
            if not isinstance(error, OSError):  # the system's, such as too many open files
                self._traffic.failed(error)
            self._options.on_note(f"a connection passes unseen: {one_line(str(error))}")
            return Audience(Session(load_pack(), ()))

    async def run(self) -> None:
        """All of it; returns when both connections are gone and the audience has been told."""
        if self._aside is not None:
            self._aside.connected(self._tap)
        try:
            await self._run()
        finally:
            try:
                if self._aside is not None:
                    self._tap.conclude()
                    await self._aside.over(self._tap)
            finally:
                self._tap.finish()

    async def _run(self) -> None:
        try:
            server = await reach(
                self._options.upstream.target,
                HeadReader,
                context=self._options.context,
                within=self._options.handshake,
            )
            try:
                await self._meet(server)
            finally:
                server.transport.close()
        except Fault as fault:
            self._refused(fault)
            await self._app.say_last(refusal_bytes(unreachable(fault)))

    async def _meet(self, server: HeadReader) -> None:
        server.transport.write(self._request.encode())
        response = await self._answer(server)
        away = leads_away(response)
        if away:
            await self._refuse_redirect(response, away)
            return
        self._app.transport.write(answer_to_app(response).encode())
        if response.status == _CHANGED_PROTOCOL:
            await self._carry(server, response)
        else:
            await self._pass_refusal(server, response)

    # -- the server's answer -----------------------------------------------------------------

    async def _answer(self, server: HeadReader) -> HttpResponse:
        """The server's answer; raises Fault when none comes that can be passed on."""
        head = b""
        try:
            async with asyncio.timeout(self._options.handshake):
                while True:
                    head = await server.head()
                    if not head:
                        raise Fault(Step.UPGRADE, self._no_answer(server), how=LOST)
                    response = parse_response(head)
                    if response.status >= 200 or response.status == _CHANGED_PROTOCOL:
                        return response
        except TimeoutError:
            text = upgrade.stalled(server.rest, self._options.handshake, self._shown)
            raise Fault(Step.UPGRADE, text, how=TIMED_OUT) from None
        except BadHead as error:
            text = upgrade.broken(head or server.rest, error, self._shown)
            raise Fault(Step.UPGRADE, text) from None

    def _no_answer(self, server: HeadReader) -> str:
        if server.rest:
            return upgrade.broken(server.rest, BadHead("it is cut off"), self._shown)
        how = "reset" if isinstance(server.error, ConnectionError) else "closed"
        return upgrade.unanswered(how, self._options.upstream.target.secure, self._shown)

    async def _refuse_redirect(self, response: HttpResponse, away: str) -> None:
        said = answer.Answer(response.status, response.reason, response.headers)
        self._refused(Fault(Step.UPGRADE, upgrade.refused(said, self._shown), said))
        await self._app.say_last(refusal_bytes(redirected(away)))

    async def _pass_refusal(self, server: HeadReader, response: HttpResponse) -> None:
        """The answer goes to the app whole; a copy of it tells why the server refused."""
        copy = AnswerCopy(response)
        splice = Splice(self._app, server, copy)
        splice.app.rewrite = nothing  # no frame is for a server that refused, and no request
        copy.whole = splice.close
        self._traffic.enter(splice)
        splice.start()
        copy.start()
        await splice.done
        said = answer.Answer(
            response.status, response.reason, response.headers, answer.body_text(copy.body())
        )
        self._refused(Fault(Step.UPGRADE, upgrade.refused(said, self._shown), said))

    def _refused(self, fault: Fault) -> None:
        said = fault.answer
        record = Refused(
            at=self._tap.at,
            step=fault.step,
            text=fault.text,
            url=self._url,
            status=said.status if said else None,
            headers=said.headers if said else (),
            body=said.body[: answer.MAX_BODY] if said else "",
            how=fault.how,
            asked=self._headers if said else (),
        )
        self._tap.refused(record)

    # -- the connection ----------------------------------------------------------------------

    async def _carry(self, server: HeadReader, response: HttpResponse) -> None:
        notes: list[str] = []
        unreadable = ""
        try:
            readers = _readers(response)
        except ValueError as error:
            readers, unreadable = {}, one_line(str(error))
        if self._left_out:
            left = one_line(", ".join(self._left_out), 300)
            notes.append(f"headers that did not pass (--pass-header NAME lets one): {left}")
        self._tap.opened(self._opened(response), readers)
        for kind, more in _broken(self._request, response):
            self._tap.broken(kind, more)
        if unreadable:
            self._tap.unread(unreadable)
        for note in notes:
            self._tap.note(note)
        splice = Splice(self._app, server, self._tap)
        self._tap.hold, self._tap.hang_up = splice.hold, splice.hang_up
        self._traffic.enter(splice, self._tap)
        splice.start()
        await splice.done

    def _opened(self, response: HttpResponse) -> Opened:
        chosen = response.get("sec-websocket-protocol")
        return Opened(0.0, self._url, chosen, self._headers, response.status)


def _readers(response: HttpResponse) -> dict[Sender, FrameReader]:
    """What reads the frames as was agreed; raises ValueError if nobody here can."""
    client, server = negotiated(response.get("sec-websocket-extensions") or "")
    return {
        Sender.CLIENT: FrameReader(masked=True, deflate=client),
        Sender.SERVER: FrameReader(masked=False, deflate=server),
    }


def _broken(request: HttpRequest, response: HttpResponse) -> Iterator[tuple[str, str]]:
    """The rules that an answer breaks, by name, with what is known."""
    chosen = _extensions(response) - _extensions(request)
    if chosen:
        yield "extension-not-offered", one_line(", ".join(sorted(chosen)), 100)
    if not _accepted(request, response):
        yield "wrong-accept", ""


def _extensions(head: HttpHead) -> frozenset[str]:
    """The names of the extensions that a request offers or an answer chooses."""
    tokens = head.tokens("sec-websocket-extensions")
    return frozenset(token.partition(";")[0].strip() for token in tokens)


def _accepted(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the server has read the request's key (RFC 6455, 4.1)."""
    from websockets.utils import accept_key

    key = request.get("sec-websocket-key")
    return key is None or response.get("sec-websocket-accept") == accept_key(key)


def unreachable(fault: Fault) -> Refusal:
    """What the app is told when no answer of the server can be passed on."""
    text = one_line(DEFAULT.text(fault.text))
    return Refusal(502, f"upstream-{fault.step}", text)
