"""What a failed upgrade means: an HTTP status, a broken handshake, or no answer at all."""

from __future__ import annotations

from rtdebug.safe import one_line
from rtdebug.wire.answer import Answer

_EXCERPT = 200

_ADVICE = {
    400: "check path, query and headers",
    401: "check the key: which one is sent, for which endpoint, in which header",
    403: "ask for access to this model or project, or use another key",
    404: "check the path and the model or deployment in the URL",
    405: "check the path, and that nothing in between turns the upgrade into HTTP/2",
    407: "a proxy in between wants a sign-in; set HTTPS_PROXY with user name and password",
    421: "use a host name the server knows",
    426: "check which WebSocket or protocol version the server asks for",
    429: "wait, then try again with fewer sessions, or raise the quota",
}


def refused(answer: Answer, url: str) -> str:
    """What an HTTP answer other than 101 means, as one sentence."""
    status = f"HTTP {answer.status} {one_line(answer.reason, 60)}".rstrip()
    tried = f"Asked {url} to upgrade to a WebSocket, expected HTTP 101, but"
    if answer.of_relay[0]:
        return f"{tried} {_relayed(answer, status)}"
    return f"{tried} {status} came{_details(answer)}; {_advice(answer)}."


def _relayed(answer: Answer, status: str) -> str:
    """What a proxy of this program says itself, which is never what the server says."""
    code, said = answer.of_relay
    why = one_line(said, 300).removeprefix("rtdebug: ")
    did = "could not reach its upstream" if code.startswith("upstream-") else "turned it away"
    return f"the rtdebug tail that listens there {did} ({status}). It says: {why}"


def _details(answer: Answer) -> str:
    if answer.html:
        title = f" titled '{one_line(answer.title, 80)}'" if answer.title else ""
        return f" with a web page{title}"
    complaint = one_line(answer.complaint, 300).rstrip(".")
    return f" saying: {complaint}" if complaint else ""


def _advice(answer: Answer) -> str:
    location = answer.header("location")
    if 300 <= answer.status < 400 and location:
        return (
            f"it points to {one_line(location, 200)}, which was not followed: "
            f"if you trust that address, use it as the target"
        )
    retry = answer.header("retry-after")
    if retry and answer.status in (429, 503):
        return f"wait {one_line(retry, 40)}{' s' if retry.isdigit() else ''}, then try again"
    if "https port" in answer.body.lower() or "to an https server" in answer.body.lower():
        return "that port speaks TLS, use wss://"
    if answer.status in _ADVICE:
        return _ADVICE[answer.status]
    if answer.status >= 500:
        return "the server or a gateway before it is in trouble; try again, then report it"
    if answer.html:
        return "a web site or the sign-in page of a network answers there; open it in a browser"
    return "no WebSocket is served there; check host, port and path"


def unanswered(how: str, secure: bool, url: str) -> str:
    """What it means that the connection ended before a byte came; ``how`` it ended in a word."""
    hint = "whether it wants a client certificate" if secure else "use wss:// if it speaks TLS"
    return (
        f"Asked {url} to upgrade to a WebSocket, expected HTTP 101, but the connection was {how} "
        f"without an answer; check the port and the server's log, and {hint}."
    )


def broken(head: bytes, error: Exception, url: str) -> str:
    """What an answer means that is no valid handshake; ``error`` is what the library found."""
    tried = f"Asked {url} to upgrade to a WebSocket, expected HTTP 101, but"
    if looks_like_tls(head):
        return f"{tried} the bytes that came look like TLS; use wss:// for that port."
    if head.startswith(b"HTTP/1.1 101"):
        why = one_line(str(error.__cause__ or error), 200)
        if type(error).__name__ == "NegotiationError":
            why = f"the server chose what was not offered ({why})"
        return f"{tried} the handshake that came is wrong: {why}; report it to who runs the server."
    return (
        f"{tried} what came is no valid HTTP answer: {excerpt(head)}; "
        f"check that a WebSocket server listens on that port."
    )


def stalled(head: bytes, seconds: float, url: str) -> str:
    """What it means that the handshake was not finished in time."""
    tried = f"Asked {url} to upgrade to a WebSocket, expected an answer within {seconds:g} s, but"
    if not head:
        return f"{tried} nothing came; check host and port, or allow more time."
    return (
        f"{tried} only {len(head)} bytes of one came: {excerpt(head)}; "
        f"the server or a proxy in between is stuck."
    )


def looks_like_tls(head: bytes) -> bool:
    """Whether these are the first bytes of a TLS record: alert or handshake, version 3.x."""
    return len(head) > 1 and head[0] in (0x15, 0x16) and head[1] == 3


def excerpt(data: bytes) -> str:
    """The first 200 bytes, harmless and quoted."""
    shown = one_line(data[:_EXCERPT].decode("utf-8", "backslashreplace"))
    rest = f" and {len(data) - _EXCERPT} bytes more" if len(data) > _EXCERPT else ""
    return f"'{shown}'{rest}"
