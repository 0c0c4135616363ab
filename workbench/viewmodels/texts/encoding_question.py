"""Which encoding is meant: the lines in which the candidates differ, for each file that does not say."""

from dataclasses import dataclass
from pathlib import Path

from workbench.viewmodels.texts.encodings import encoding_name
from workbench.viewmodels.texts.import_offer import ImportOffer, excerpts
from workbench.words import plural, tr

_NUM_LINES = 3


@dataclass(frozen=True)
class Answer:
    """One way to read a file. lines: the number and the text of each line that shows the difference."""

    encoding: str
    name: str
    lines: tuple[str, ...]
    is_chosen: bool


@dataclass(frozen=True)
class EncodingQuestion:
    """What is asked about a file. num_others: further files that are in doubt."""

    path: Path
    sentence: str
    answers: tuple[Answer, ...]
    num_others: int

    @property
    def for_all(self) -> str:
        """What it is called to answer for all files at once; empty for one file."""
        if not self.num_others:
            return ""
        return plural("Read the other file the same way", "Read the other {count} files the same way", self.num_others)


def doubtful_files(offer: ImportOffer) -> list[tuple[Path, str]]:
    """The files that say nothing of their encoding, by path and name."""
    return [(file.path, file.name) for file in offer.files if file.path in offer.doubtful]


def question_of(offer: ImportOffer, path: Path) -> EncodingQuestion:
    """The question about one of them."""
    preview = offer.doubtful[path]
    taken = offer.encoding_of(path)
    lines_of_each = excerpts(preview.candidates)
    telling = _telling(lines_of_each)
    shown = [
        Answer(
            candidate.encoding,
            encoding_name(candidate.encoding),
            tuple(tr("Line {line}: {text}", line=line, text=lines[index][1]) for index, line in telling),
            candidate.encoding == taken,
        )
        for candidate, lines in zip(preview.candidates, lines_of_each, strict=True)
    ]
    return EncodingQuestion(
        path,
        tr("{name} does not say how its letters are written. Choose what reads right.", name=preview.name),
        tuple(shown),
        len(offer.doubtful) - 1,
    )


def _telling(lines_of_each: list[list[tuple[int, str]]]) -> list[tuple[int, int]]:
    """Index and number of a few lines, none of which says the same as another."""
    known: dict[str, tuple[int, int]] = {}
    for index, (line, text) in enumerate(lines_of_each[0] if lines_of_each else []):
        known.setdefault(text, (index, line))
    return list(known.values())[:_NUM_LINES]
