"""Sizes of texts as people say them."""

from workbench.words import number, plural, tr


def rough(count: int) -> str:
    """A count with no more digits than mean something: 3,200, 202,000, 1.1 million."""
    if count < 10_000:
        return number(count)
    if count < 999_500:
        return number(round(count, 3 - len(str(count))))
    if count < 999_500_000:
        return tr("{count} million", count=_short(count / 1e6))
    return tr("{count} billion", count=_short(count / 1e9))


def letters(count: int) -> str:
    """So many letters."""
    return plural("{count} letter", "{count} letters", 1) if count == 1 else tr("{amount} letters", amount=rough(count))


def words(count: int) -> str:
    """So many words."""
    return plural("{count} word", "{count} words", 1) if count == 1 else tr("{amount} words", amount=rough(count))


def _short(value: float) -> str:
    return number(value, 1) if value < 9.95 else number(value)
