"""What is wrong with the bytes of appended audio, as far as a look at some of them tells."""

from __future__ import annotations

from rtdebug.model.value import Value
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState
from rtdebug.rules.audio.turn_taking import declared_format, knows_format

_KINDS = {
    "pcm16": "16-bit PCM (little-endian)",
    "pcm16-swapped": "16-bit PCM with its bytes in the wrong order (big-endian)",
    "g711": "one byte a sample (G.711 mu-law or A-law)",
    "pcm8": "8-bit PCM",
    "float32": "32-bit floats (what browsers' audio APIs hand out)",
}
_CURES = {
    "pcm16": "Declare the 16-bit PCM that is sent, or encode it as the declared format.",
    "pcm16-swapped": "Write the samples little-endian (DataView.setInt16(offset, value, true)).",
    "g711": "Declare it: audio/pcmu or audio/pcma (g711_ulaw or g711_alaw in the beta shape), or "
    "decode it to 24 kHz PCM first.",
    "pcm8": "Convert the samples to 16 bits: (value - 128) * 256.",
    "float32": "Multiply by 32767, clamp, and write 16-bit integers; send the bytes of that array, "
    "not of the float array.",
}


class AudioFault(Value):
    """``what`` was found, and the ``cure``; ``seq`` is the event that shows it, if one does."""

    what: str
    cure: str
    seq: int | None = None


def fault_of_bytes(state: RealtimeState) -> AudioFault | None:
    """What the appended bytes are that they should not be; None where they fit or do not tell."""
    probe = state.audio.probe
    if probe.headed >= 2 and probe.headed >= 0.5 * probe.looked:
        return AudioFault(
            f"{probe.headed} of {probe.looked} appends that were looked at begin with a WAV header",
            "Send the samples alone: 44 bytes of header in each chunk are a click in each.",
            state.audio.first_seq,
        )
    if probe.head and (found := _head(state)) is not None:
        return found
    if probe.nested >= 2 and probe.nested >= 0.5 * probe.looked:
        return AudioFault(
            "decoded once, the payloads are base64 text again",
            "Encode the bytes once: some libraries hand out text that is base64 already.",
            state.audio.first_seq,
        )
    kind = probe.kind()
    if kind is None or not knows_format(state) or kind in _fitting(state):
        return None
    what = f"the bytes are {_KINDS[kind]}, but {declared_format(state)} is declared"
    return AudioFault(what, _CURES[kind], state.audio.first_seq)


def _head(state: RealtimeState) -> AudioFault | None:
    probe, wav = state.audio.probe, state.audio.probe.wav
    if wav is None:
        return AudioFault(
            f"the first append begins with {probe.head}: a file, not bare samples",
            "Decode the file and send bare samples in the declared format.",
            probe.head_seq,
        )
    bytes_a_ms = wav.rate * wav.channels * wav.bits / 8000
    if abs(bytes_a_ms - state.settings.audio_rate("input_format")) < 0.5:
        return None  # the 44 bytes of a header before samples that fit are only a click
    return AudioFault(
        f"the first append begins with a WAV header of {wav.rate} Hz, {wav.channels} channel(s), "
        f"{wav.bits} bits, but {declared_format(state)} is declared",
        "Resample to what is declared, mix down to one channel, and leave the header out.",
        probe.head_seq,
    )


def _fitting(state: RealtimeState) -> tuple[str, ...]:
    name = declared_format(state)
    if "pcmu" in name or "pcma" in name or "g711" in name:
        return ("g711", "pcm8")  # loud 8-bit sound cannot be told from G.711
    return ("pcm16",)
