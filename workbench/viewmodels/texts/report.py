"""What is known about a text, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import message_from_record
from engine.import_events import Change, Place
from workbench.bridge.protocols.texts import CorpusEntry
from workbench.viewmodels.texts.amounts import letters, rough, words
from workbench.viewmodels.texts.encodings import encoding_name, format_name
from workbench.viewmodels.texts.import_offer import change_sentence
from workbench.words import file_size, number, percent, plural, told, tr

Row = tuple[str, float, str]
SMALL_CHARACTERS = 100_000
MUCH_LEAKAGE = 0.05
_NUM_BARS = 16
_CODE_SIGNS = "{}[]();=<>_#"
_CODE_SHARE = 0.04


def summary(entry: CorpusEntry) -> str:
    """A text in one sentence."""
    counts = entry.counts
    return tr(
        "A text of {letters}, {words}, {kinds} kinds of characters.",
        letters=letters(_whole(counts, "characters")),
        words=words(_whole(counts, "words")),
        kinds=_whole(counts, "character_kinds"),
    )


def warnings(entry: CorpusEntry) -> list[str]:
    """What the person should know before training, the most important first."""
    told_of = []
    num_bytes, num_kinds = _whole(entry.counts, "bytes"), _whole(entry.counts, "character_kinds")
    if num_kinds == 1:
        told_of.append(
            tr("This text has only one kind of character: there is nothing to learn in it. Add another text.")
        )
    elif entry.num_characters < SMALL_CHARACTERS:
        told_of.append(tr("{size} is very small: expect it to be learned by heart. More text helps most.",
                          size=file_size(num_bytes)))  # fmt: skip
    share = _figure(_table(entry.report, "leakage"), "share")
    if share is not None and share >= MUCH_LEAKAGE:
        told_of.append(
            tr(
                "{share} of the passages kept for validation also stand in the rest, word for word. "
                "The model will look better than it is.",
                share=percent(share),
            )
        )
    return told_of + import_problems(entry)


def import_problems(entry: CorpusEntry) -> list[str]:
    """What went wrong with single files."""
    sentences = [message_from_record(problem, "reason") for problem in _records(entry.report, "problems")]
    return [told(sentence) for sentence in sentences if sentence is not None and "one kind of" not in sentence.template]


def changes(entry: CorpusEntry) -> list[str]:
    """What cleaning changed."""
    known = []
    for record in _records(entry.report, "changes"):
        kind, count = record.get("kind"), record.get("count")
        if isinstance(kind, str) and isinstance(count, int):
            place = Place(source="", line=1, column=1)
            known.append(change_sentence(Change(kind=kind, count=count, first=place)))
    return known


def changes_sentence(entry: CorpusEntry) -> str:
    """What cleaning changed, in one sentence."""
    known = changes(entry)
    if not known:
        return tr("Nothing was changed.")
    return tr("{changes}.", changes=", ".join(known))


def sources(entry: CorpusEntry) -> list[tuple[str, str, str]]:
    """Name, kind and size of the files a text was made from."""
    rows = []
    for source in entry.sources:
        decoding = _table(source, "decoding")
        codec = decoding.get("encoding")
        kind = encoding_name(codec) if isinstance(codec, str) and codec else format_name(str(source.get("format", "")))
        rows.append((str(source.get("name", "")), kind, file_size(_whole(source, "bytes"))))
    return rows


def validation_sentence(num_characters: int, *, is_own_file: bool) -> str:
    """What is kept to check the model."""
    size = letters(num_characters)
    if is_own_file:
        return tr("A file of its own, {letters}, is kept to check what the model learned.", letters=size)
    return tr("The last tenth, {letters}, is kept to check what the model learned.", letters=size)


def character_rows(entry: CorpusEntry) -> list[Row]:
    """The most frequent characters as bars."""
    total = max(1, entry.num_characters)
    known = list(_counts(entry).items())[:_NUM_BARS]
    return [(character_name(character), count / total, percent(count / total, 1)) for character, count in known]


def word_rows(known: Sequence[tuple[str, int]], num_words: int) -> list[Row]:
    """The most frequent words as bars."""
    total = max(1, num_words)
    return [(word, count / total, percent(count / total, 1)) for word, count in known[:_NUM_BARS]]


def rare_sentence(entry: CorpusEntry) -> str:
    """How many characters hardly ever occur, and which."""
    count = _whole(entry.report, "num_rare_characters")
    if not count:
        return tr("Every character occurs at least ten times.")
    listed = [sign for sign in entry.report.get("rare_characters", ()) if isinstance(sign, str)][:60]
    shown = "  ".join(character_name(sign) for sign in listed)
    return plural(
        "{count} character occurs fewer than ten times: {listed}",
        "{count} characters occur fewer than ten times: {listed}",
        count,
        listed=shown if count <= len(listed) else f"{shown} …",
    )


def reference_rows(entry: CorpusEntry) -> list[Row]:
    """What simple models make of the text, in bits per character."""
    rows = []
    for record in _records(_table(entry.report, "references"), "values"):
        name, bits = record.get("name"), _figure(record, "bits_per_character")
        if isinstance(name, str) and bits is not None:
            rows.append((_reference_name(name), bits, tr("{bits} bits", bits=number(bits, 2))))
    return rows


def is_code(entry: CorpusEntry) -> bool:
    """Whether a text looks like program code or markup, which is read letter by letter."""
    known = _counts(entry)
    return sum(known.get(sign, 0) for sign in _CODE_SIGNS) > _CODE_SHARE * max(1, entry.num_characters)


def details_summary(entry: CorpusEntry) -> str:
    """What the closed details say."""
    return tr(
        "{kinds} kinds of words, {rare} rare characters",
        kinds=rough(_whole(entry.counts, "word_kinds")),
        rare=number(_whole(entry.report, "num_rare_characters")),
    )


def character_name(character: str) -> str:
    """A character as it can be shown."""
    match character:
        case " ":
            return tr("space")
        case "\n":
            return tr("line end")
        case "\t":
            return tr("tab")
        case _:
            return character if character.isprintable() else f"U+{ord(character):04X}"


def _reference_name(name: str) -> str:
    match name:
        case "uniform":
            return tr("Guessing blindly")
        case "frequency":
            return tr("Knowing how frequent each letter is")
        case "pair":
            return tr("Knowing the letter before")
        case "xz":
            return tr("A good compression program")
        case _:
            return name


def _counts(entry: CorpusEntry) -> dict[str, int]:
    known = _table(entry.report, "characters")
    return {sign: count for sign, count in known.items() if isinstance(count, int)}


def _table(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _records(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = record.get(name)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def _whole(record: Mapping[str, Any], name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) else 0


def _figure(record: Mapping[str, Any], name: str) -> float | None:
    value = record.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
