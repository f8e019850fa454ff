"""What can be read from an answer to the upgrade, also where a strict client reads nothing."""

import pytest

from rtdebug.wire.answer import Answer, read_answer


def test_an_answer_cut_anywhere_is_read_as_far_as_it_goes():
    whole = b"HTTP/1.0 403 Forbidden\r\nX-Id: 7\r\n\r\nno"
    assert read_answer(whole) == Answer(403, "Forbidden", (("X-Id", "7"),), "no")
    for cut in range(len(whole) + 1):
        found = read_answer(whole[:cut])
        assert found is None or found.status == 403


@pytest.mark.parametrize(
    "data", [b"", b"SSH-2.0-x\r\n", b"\x15\x03\x01\x00\x02\x02\x46", b"HTTP/1.1 abc\r\n\r\n"]
)
def test_what_is_no_http_is_no_answer(data):
    assert read_answer(data) is None


def test_an_answer_without_headers_has_a_body():
    assert read_answer(b"HTTP/1.1 400 Bad Request\r\n\r\nhello") == Answer(
        400, "Bad Request", (), "hello"
    )


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('{"error": {"message": "No access.", "code": "no_access"}}', "No access. (no_access)"),
        ('{"error": {"message": "Bad", "type": "t", "code": null}}', "Bad (t)"),
        ('{"error": "nope"}', "nope"),
        ('{"statusCode": 401, "message": "Access denied"}', "Access denied"),
        ('{"detail": "Not Found"}', "Not Found"),
        ('[{"error": {"message": "m"}}]', "m"),
        ("  plain\n text ", "plain text"),
        ("[" * 5000, "[" * 300),
        ("{}", ""),
        ("3", ""),
        ("<html><title>x</title>", ""),
    ],
)
def test_the_complaint_of_a_body_is_found(body, complaint):
    assert Answer(400, body=body).complaint == complaint


def test_a_web_page_is_known_by_type_or_by_look():
    assert Answer(200, headers=(("Content-Type", "text/html; charset=utf-8"),)).html
    page = Answer(200, body="\n<!DOCTYPE html><TITLE lang=en>Sign\n in</TITLE>")
    assert page.html
    assert page.title == "Sign in"
    assert not Answer(200, body="ok").html
