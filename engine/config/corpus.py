"""Options of texts: how they are cleaned at import, and how a run cuts them into tokens and splits."""

from dataclasses import dataclass

from engine.config.options import option


@dataclass(frozen=True, kw_only=True)
class CleaningConfig:
    """What may be changed in a text when it is imported. A corpus never changes afterwards."""

    newlines: str = option(
        "unify", choices=("unify", "keep"), label="Line ends",
        help="Write every line end the same way, whatever program made the file.",
    )  # fmt: skip
    unicode_form: str = option(
        "keep", choices=("keep", "nfc", "nfkc"), label="Unicode form",
        help="NFC joins letters and accents written as two characters; NFKC also replaces look-alikes by plain forms.",
    )  # fmt: skip
    control_characters: str = option(
        "remove", choices=("remove", "keep"), label="Control characters",
        help="Remove invisible control characters other than tabs and line ends.",
    )  # fmt: skip
    blank_lines: int = option(
        0, minimum=0, maximum=1000, label="Blank lines in a row", unit="lines",
        help="Shorten longer runs of blank lines to this many. 0 keeps them all.",
    )  # fmt: skip
    rare_characters: str = option(
        "keep", choices=("keep", "fold"), label="Rare characters",
        help="Replace characters that hardly ever occur by a common one that resembles them.",
    )  # fmt: skip
    rare_below: int = option(
        10, minimum=2, maximum=1_000_000, label="Rare means fewer than", unit="occurrences",
        help="A character that occurs less often than this counts as rare.",
    )  # fmt: skip
    lower_case: bool = option(False, label="Lower case", help="Turn capital letters into small ones.")
    gutenberg: bool = option(
        False, label="Project Gutenberg texts",
        help="Remove the header and the licence that Project Gutenberg puts around a book.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CorpusConfig:
    """How a run reads its corpus."""

    tokens: str = option(
        "char", choices=("char", "byte", "word"), label="Tokens",
        help="The pieces the model reads and writes: characters, bytes or words.",
    )  # fmt: skip
    valid_share: float = option(
        0.1, minimum=0.001, maximum=0.5, label="Validation share",
        help="The last part of the text, which the model never trains on and which shows how well it generalises.",
    )  # fmt: skip
    min_count: int = option(
        1, minimum=1, maximum=1_000_000, label="Least occurrences", unit="occurrences",
        help="Characters or words that occur less often than this become the unknown token.",
    )  # fmt: skip
    max_vocabulary: int = option(
        0, minimum=0, maximum=1_000_000, label="Largest vocabulary", unit="tokens",
        help="Keep only this many of the most frequent characters or words. 0 keeps them all.",
    )  # fmt: skip
    unknown_character: bool = option(
        False, label="Unknown character",
        help="Give a character model one token for all characters that it does not know.",
    )  # fmt: skip
