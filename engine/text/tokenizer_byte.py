"""Bytes as tokens: the 256 values of the UTF-8 bytes of a text. Nothing is ever unknown."""

import codecs
from collections.abc import Iterable, Iterator

import numpy as np

from engine.text.vocabulary import IdArray, Ids, checked_fields, damaged_vocabulary, refuse_surrogates, smallest_dtype


class ByteTokenizer:
    """Token id = value of the byte, always 256 of them.

    `decode` of ids that are not UTF-8 (a model may write such) has U+FFFD where a character is broken.
    """

    kind = "byte"
    vocabulary_size = 256
    unknown_id: int | None = None
    line_end_id: int | None = 10
    dtype = smallest_dtype(256)

    def encode(self, text: str) -> IdArray:
        """Token ids, uint8, one for each UTF-8 byte. Raises `BadInput` for lone surrogates."""
        refuse_surrogates(text)
        return np.frombuffer(text.encode("utf-8"), np.uint8)

    def encode_stream(self, chunks: Iterable[str]) -> Iterator[IdArray]:
        """Token ids of a text given in pieces."""
        return map(self.encode, chunks)

    def encode_prompt(self, text: str) -> tuple[IdArray, list[str]]:
        """Token ids, and no replaced characters."""
        return self.encode(text), []

    def decode(self, ids: Ids) -> str:
        """The text of token ids."""
        return bytes(np.asarray(ids, np.uint8)).decode("utf-8", errors="replace")

    def decoder(self) -> "ByteDecoder":
        """A decoder for ids that come one after another."""
        return ByteDecoder()

    def token_text(self, token_id: int) -> str:
        """The character of an ASCII byte, else its value as <0xC3>."""
        return chr(token_id) if token_id < 128 else f"<0x{token_id:02X}>"

    def to_json(self) -> dict[str, object]:
        """What a file stores; `from_json` reads it."""
        return {"kind": self.kind}

    @classmethod
    def from_json(cls, value: object) -> "ByteTokenizer":
        """Raises `DamagedFile` unless `value` is exactly what `to_json` gives."""
        if checked_fields(value, {"kind": str})["kind"] != cls.kind:
            damaged_vocabulary("its kind is not byte")
        return cls()


class ByteDecoder:
    """Decodes byte ids as they come: the bytes of an incomplete character are held back."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, ids: Ids) -> str:
        """The text that these ids complete."""
        return self._decoder.decode(bytes(ids if isinstance(ids, (tuple, list)) else np.asarray(ids, np.uint8)))

    def finish(self) -> str:
        """What an incomplete character at the end becomes: U+FFFD, or nothing."""
        return self._decoder.decode(b"", final=True)

    def copy(self) -> "ByteDecoder":
        """Another that goes on from here."""
        other = ByteDecoder()
        other._decoder.setstate(self._decoder.getstate())
        return other
