"""A prompt that ends amid a word, for a model that knows whole words only.

The half word is not read; the first token is then one of the words that begin with it, and only their rest is written.
A model of characters or bytes goes on within the word by itself.
"""

from dataclasses import dataclass

from engine.text.tokenizer_word import WordTokenizer
from engine.text.tokenizers import Tokenizer


@dataclass(frozen=True, kw_only=True)
class HalfWord:
    """What stands there of a word, and the tokens that complete it: at least one; the word itself may be among them."""

    text: str
    token_ids: tuple[int, ...]


def half_word(tokenizer: Tokenizer, text: str) -> HalfWord | None:
    """The half word with which a text ends.

    None when it ends otherwise, when no word of the vocabulary begins so (capitals count only if that finds some), and
    for models of characters or bytes.
    """
    if not isinstance(tokenizer, WordTokenizer):
        return None
    half = tokenizer.last_word(text)
    token_ids = words_beginning(tokenizer, half) if half else ()
    return HalfWord(text=half, token_ids=token_ids) if token_ids else None


def words_beginning(tokenizer: Tokenizer, beginning: str) -> tuple[int, ...]:
    """The tokens whose text begins so, neither `<unk>` nor the line end; if there are none, those in other case."""
    special = (tokenizer.unknown_id, tokenizer.line_end_id)
    texts = {
        token_id: tokenizer.token_text(token_id)
        for token_id in range(tokenizer.vocabulary_size)
        if token_id not in special
    }
    same = tuple(token_id for token_id, text in texts.items() if text.startswith(beginning))
    lower = beginning.lower()
    return same or tuple(token_id for token_id, text in texts.items() if text.lower().startswith(lower))
