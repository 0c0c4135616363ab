"""Where reading begins, and that nobody need be able to cancel it."""

from engine.text.tokenizers import Tokenizer


def never() -> bool:
    """For `is_cancelled`, when nobody can cancel."""
    return False


def first_ids(tokenizer: Tokenizer) -> tuple[int, ...]:
    """What a text begins after: a line end; a vocabulary without one has what its tokenizer puts in its place."""
    if tokenizer.line_end_id is not None:
        return (tokenizer.line_end_id,)
    return tuple(tokenizer.encode_prompt("\n")[0].tolist())
