"""What else could stand in a text in the place of one token."""

from typing import TYPE_CHECKING

from engine.errors import BadInput
from workbench.bridge.protocols.asking import Alternative, Alternatives, AlternativesRequest
from workbench.bridge.writers import Asked, IsCancelled, Writers

if TYPE_CHECKING:
    from engine.sampling.next_tokens import NextToken

LONGEST_BEFORE = 4000  # characters before a token that a model reads
# The reading begins at a multiple of so many: neighbours are asked about one after the other.
READING_STEP = 1000
LONGEST_TOKEN = 200  # characters behind a place that may belong to the token there
_LEFT_TOKENS = 16  # of what stands before, as many as decide whether a space comes between


def ask_alternatives(writers: Writers, request: AlternativesRequest, is_cancelled: IsCancelled) -> Alternatives:
    """The token at a place and the likeliest ones instead. Raises TextloomError and Cancelled."""
    import numpy as np

    from engine.sampling.chain import Chain
    from engine.sampling.choice import as_doubles, log_probabilities
    from engine.sampling.next_tokens import next_tokens
    from engine.text.places import read_text

    asked = writers.asked(request, is_cancelled)
    begin = -(-max(0, request.place - LONGEST_BEFORE) // READING_STEP) * READING_STEP
    part = request.text[begin : request.place + LONGEST_TOKEN]
    read = read_text(part, asked.tokenizer, asked.cleaning)
    index = int(np.searchsorted(read.stops, request.place - begin, side="right"))
    if index >= len(read.token_ids):
        raise BadInput("The model does not read what stands here.")
    before = read.token_ids[:index]
    logits, _ = asked.writer.read_ids(before, is_cancelled)
    choice = Chain.of(request.settings, asked.tokenizer).begin(before)
    own = read.token_ids[index]
    logs_V = log_probabilities(as_doubles(logits))
    found = next_tokens(logits, asked.tokenizer, choice, request.top)
    return Alternatives(
        start=begin + int(read.starts[index]),
        stop=begin + int(read.stops[index]),
        text=asked.tokenizer.token_text(own),
        probability=float(np.exp(logs_V[own])),
        rank=1 + int(np.count_nonzero(logs_V > logs_V[own])),
        tokens=tuple(_alternative(asked, before, token, own) for token in found),
    )


def _alternative(asked: Asked, before: tuple[int, ...], token: "NextToken", own: int) -> Alternative:
    left = list(before[-_LEFT_TOKENS:])
    decode = asked.tokenizer.decode
    put = decode([*left, token.token_id])[len(decode(left)) :]
    return Alternative(
        text=token.text, put=put, before=token.before, after=token.after, is_own=token.token_id == own
    )
