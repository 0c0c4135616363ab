"""A corpus as ids of another run's tokenizer."""

import tempfile
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO

import numpy as np

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput, StorageFailed
from engine.events import PreparationProgressed
from engine.text.ids import PartIds, TokenIds
from engine.text.splits import Split, TextPart, read_text, split_corpus, too_short
from engine.text.tokenizers import Tokenizer
from engine.text.vocabulary import IdArray

PROGRESS_CHUNKS = 64


def encoded(
    folder: Path, config: CorpusConfig, tokenizer: Tokenizer
) -> Generator[PreparationProgressed, None, TokenIds]:
    """The parts of the corpus in `folder` as ids of `tokenizer`; yields progress.

    The ids lie in a nameless temporary file that vanishes with them, so that the memory stays small. Raises BadInput
    if the text has a character that the tokenizer does not know.
    """
    split = split_corpus(folder, config)
    try:
        with tempfile.TemporaryFile() as file:  # the map outlives it
            bounds = yield from _write(file, split, tokenizer)
            file.flush()
            all_ids = np.memmap(file, tokenizer.dtype.newbyteorder("<"), mode="r", shape=(bounds[-1],))
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFailed("The folder for temporary files refused: {reason}.", reason=reason) from error
    parts = {
        name: PartIds(ids=all_ids[start:stop], num_characters=part.num_characters, num_bytes=part.num_bytes)
        for (name, part), (start, stop) in zip(split.parts().items(), pairwise(bounds), strict=True)
    }
    return TokenIds(tokenizer=tokenizer, train=parts["train"], valid=parts["valid"], test=parts.get("test"))


def _write(file: IO[bytes], split: Split, tokenizer: Tokenizer) -> Generator[PreparationProgressed, None, list[int]]:
    """Write the ids of all parts one after another; returns where each begins, and the end."""
    bounds = [0]
    num_bytes = sum(part.num_bytes for part in split.parts().values())
    for name, part in split.parts().items():
        num_tokens = 0
        for number, ids in enumerate(_encoded_part(part, tokenizer)):
            file.write(ids.astype(ids.dtype.newbyteorder("<"), copy=False).data)
            num_tokens += len(ids)
            if number % PROGRESS_CHUNKS == 0:
                # A token has one byte or more, so that the share is a lower bound.
                yield PreparationProgressed(part="tokens", share=min((bounds[-1] + num_tokens) / num_bytes, 1.0))
        if num_tokens < 2:
            raise too_short(name, num_tokens, "tokens")
        bounds.append(bounds[-1] + num_tokens)
    return bounds


def _encoded_part(part: TextPart, tokenizer: Tokenizer) -> Iterator[IdArray]:
    try:
        yield from tokenizer.encode_stream(read_text(part))
    except BadInput as error:
        raise BadInput(
            "The text has the character {character}, which the run that you start from does not know. Choose another "
            "text, or begin without that run.",
            character=error.message.values.get("character", "?"),
        ) from error
