"""A stream knows what its pieces add up to without keeping them."""

from __future__ import annotations

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from rtdebug.protocols.openai_realtime.streams import FOLD, HEAD, Stream, decoded_length

PIECES = st.lists(st.text(max_size=30), max_size=3 * FOLD)


def stream_of(pieces: list[str], kind: str = "text") -> Stream:
    stream = Stream(kind)
    for seq, piece in enumerate(pieces, 1):
        stream.add(piece, seq, seq / 10)
    return stream


@given(PIECES)
def test_it_equals_its_pieces_joined(pieces: list[str]) -> None:
    stream = stream_of(pieces)
    assert stream.equals("".join(pieces))
    assert stream.deltas == len(pieces)
    assert stream.length == len("".join(pieces))


@given(PIECES, PIECES)
def test_it_equals_the_same_text_cut_otherwise_and_no_other(
    pieces: list[str], other: list[str]
) -> None:
    whole = "".join(pieces)
    assert stream_of(list(whole)).equals(whole)
    assert stream_of(pieces).equals("".join(other)) == (whole == "".join(other))


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=200), st.data())
def test_a_piece_that_is_missing_is_noticed(pieces: list[str], data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, len(pieces) - 1))
    assert not stream_of(pieces[:gone] + pieces[gone + 1 :]).equals("".join(pieces))


def test_two_pieces_in_the_wrong_order_are_noticed() -> None:
    assert not stream_of(["lo", "Hel"]).equals("Hello")


def test_the_difference_names_the_place() -> None:
    said = stream_of(["The capital ", "of Norway"]).difference("The capital of Sweden")
    assert said == ("they part at character 15: the deltas have 'Norway', the whole has 'Sweden'")


def test_the_difference_of_what_is_too_long_to_keep_names_the_lengths() -> None:
    start = "a" * HEAD
    said = stream_of([start, "bc"]).difference(start + "xyz")
    assert said == f"the deltas hold {HEAD + 2} characters, the whole {HEAD + 3}"


def test_it_remembers_its_first_and_last_piece() -> None:
    stream = stream_of(["a", "b", "c"])
    assert (stream.first_seq, stream.first_at) == (1, 0.1)
    assert (stream.last_seq, stream.last_at) == (3, 0.3)


@given(st.lists(st.binary(max_size=50), max_size=100))
def test_audio_is_counted_in_bytes(chunks: list[bytes]) -> None:
    stream = stream_of([b64encode(chunk).decode() for chunk in chunks], "audio")
    assert stream.length == sum(map(len, chunks))
    assert stream.deltas == len(chunks)


@given(st.binary(max_size=200))
def test_the_length_of_base64_needs_no_decoding(data: bytes) -> None:
    assert decoded_length(b64encode(data).decode()) == len(data)


def test_no_piece_is_kept() -> None:
    stream = stream_of(["word "] * 10_000)
    assert len(stream.pieces) < FOLD
    assert len(stream.head) == HEAD
