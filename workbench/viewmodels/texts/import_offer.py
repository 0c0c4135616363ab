"""What would be imported: the files in their order, how they are read, and what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from engine.config.corpus import CleaningConfig
from engine.import_events import CHANGE_SENTENCES, Candidate, Change, FilePreview, ImportPreview, Problem
from workbench.bridge.protocols.texts import Looked, TextFile
from workbench.viewmodels.texts.drop_offer import MOST_ONE_EACH
from workbench.viewmodels.texts.encodings import encoding_name, format_name
from workbench.words import number, plural, tr

_GUTENBERG = "PROJECT GUTENBERG"
_MAX_TITLE = 60


@dataclass
class ImportOffer:
    """An import as the person arranges it. given_title: empty as long as the files name the text."""

    files: list[TextFile]
    preview: ImportPreview
    problems: tuple[Problem, ...] = ()
    is_one_each: bool = False
    given_title: str = ""
    cleaning: CleaningConfig = field(default_factory=CleaningConfig)
    doubtful: dict[Path, FilePreview] = field(default_factory=dict)  # as they were before anything was chosen

    @classmethod
    def of(cls, looked: Looked, title: str = "", *, is_one_each: bool = False) -> "ImportOffer":
        """What a look at files found."""
        offer = cls(list(looked.files), looked.preview, looked.problems, is_one_each, title)
        offer.doubtful = {file.path: preview for file, preview in offer.previews() if preview.is_in_doubt}
        return offer

    def previews(self) -> list[tuple[TextFile, FilePreview]]:
        """The first files with what an import makes of them."""
        return list(zip(self.files, self.preview.files, strict=False))

    # What is open

    @property
    def refused(self) -> list[Problem]:
        """Files that are left out, with the reason."""
        seen = [
            Problem(name=preview.name, reason=preview.problem)
            for preview in self.preview.files
            if preview.problem is not None
        ]
        return [problem for problem in self.problems if problem.is_refused] + seen

    @property
    def has_doubt(self) -> bool:
        """Whether the person should look before it is imported."""
        return bool(self.doubtful or self.refused or self.is_gutenberg)

    @property
    def is_gutenberg(self) -> bool:
        """Whether a book begins with the header of Project Gutenberg, which would be learned, too."""
        return not self.cleaning.gutenberg and any(
            _GUTENBERG in preview.beginning.upper() for preview in self.preview.files
        )

    @property
    def can_be_one_each(self) -> bool:
        """Whether every file may become a text of its own."""
        return 1 < len(self.files) <= MOST_ONE_EACH

    @property
    def can_import(self) -> bool:
        """Whether there is a file that can be read."""
        return any(preview.problem is None for _, preview in self.previews()) or len(self.files) > len(
            self.preview.files
        )

    # What is chosen

    @property
    def default_title(self) -> str:
        """What the files would call the text."""
        if not self.files:
            return ""
        first = PurePath(self.files[0].name)
        return first.stem if len(self.files) == 1 or len(first.parts) == 1 else first.parts[0]

    @property
    def title(self) -> str:
        """What the text will be called."""
        return self.given_title or self.default_title

    def set_title(self, title: str) -> None:
        """Call the text so; an empty title leaves it to the files."""
        title = title.strip()
        self.given_title = "" if title == self.default_title else title

    def move(self, index: int, to: int) -> bool:
        """Give a file another place; whether it has moved."""
        if not (0 <= index < len(self.files) and 0 <= to < len(self.files)) or index == to:
            return False
        self.files.insert(to, self.files.pop(index))
        return True

    def remove(self, index: int) -> None:
        """Leave a file out."""
        self.doubtful.pop(self.files.pop(index).path, None)
        self.is_one_each = self.is_one_each and self.can_be_one_each

    def choose_encoding(self, path: Path, encoding: str, *, is_for_all: bool) -> None:
        """Read a file, or all that are in doubt and could be meant so, in an encoding."""
        for index, file in enumerate(self.files):
            known = self.doubtful.get(file.path)
            if known is None or (file.path != path and not is_for_all):
                continue
            if file.path == path or any(candidate.encoding == encoding for candidate in known.candidates):
                self.files[index] = replace(file, encoding=encoding)

    def encoding_of(self, path: Path) -> str:
        """The encoding in which a doubtful file is read now."""
        chosen = next((file.encoding for file in self.files if file.path == path), "")
        return chosen or self.doubtful[path].encoding

    # What is said

    def headline(self) -> str:
        """What would be imported."""
        if len(self.files) == 1:
            return tr("Import {name}", name=self.title if self.files[0].is_pasted else self.files[0].name)
        num_unreadable = sum(preview.problem is not None for _, preview in self.previews())
        return plural("Import {count} file", "Import {count} files", len(self.files) - num_unreadable)

    def sentence(self) -> str:
        """How the files are read and what is changed, in one line."""
        changes = self._changes_text()
        if len(self.files) == 1 and self.preview.files:
            preview = self.preview.files[0]
            kind = encoding_name(preview.encoding) if preview.encoding else format_name(preview.format)
            if self.files[0].is_pasted:
                return tr("Pasted text, {changes}.", changes=changes)
            return tr("{kind}, {changes}, your file stays as it is.", kind=kind, changes=changes)
        kinds = {
            encoding_name(preview.encoding) if preview.encoding else format_name(preview.format)
            for preview in self.preview.files
            if preview.problem is None
        }
        kind = kinds.pop() if len(kinds) == 1 else tr("Files of several kinds")
        return tr("{kind}, {changes}, your files stay as they are.", kind=kind, changes=changes)

    def _changes_text(self) -> str:
        changes = self.preview.changes
        if changes:
            return ", ".join(change_sentence(change) for change in changes)
        if self.preview.is_whole:
            return tr("nothing changed")
        num_seen = len(self.preview.files)
        if num_seen < len(self.files):
            return plural("nothing changed in the first file", "nothing changed in the first {count} files", num_seen)
        return tr("nothing changed at the beginning")


def change_sentence(change: Change) -> str:
    """One kind of change with its count."""
    if change.kind not in CHANGE_SENTENCES:
        return tr("{kind}: {count}", kind=change.kind, count=change.count)
    return plural(*CHANGE_SENTENCES[change.kind], change.count)


def title_of_pasted(text: str) -> str:
    """The beginning of what was pasted, as a title."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(first) <= _MAX_TITLE:
        return first
    return f"{first[:_MAX_TITLE].rpartition(' ')[0] or first[:_MAX_TITLE]}…"


def excerpts(candidates: Sequence[Candidate], length: int = 70) -> list[list[tuple[int, str]]]:
    """For each candidate a few lines, cut out around the place in which they first differ."""
    rows = list(zip(*(candidate.lines for candidate in candidates), strict=False))
    starts = []
    for row in rows:
        columns = enumerate(zip(*(rendering.text for rendering in row), strict=False))
        first = next((index for index, signs in columns if len(set(signs)) > 1), 0)
        starts.append(max(0, first - length // 3))
    return [
        [
            (rendering.line, _excerpt(rendering.text, start, length))
            for rendering, start in zip(candidate.lines, starts, strict=False)
        ]
        for candidate in candidates
    ]


def _excerpt(text: str, start: int, length: int) -> str:
    """A part of a line that begins and ends between words."""
    stop = len(text) if start + length >= len(text) else text.rfind(" ", start, start + length)
    begin = 0 if start == 0 else text.find(" ", start, max(start, stop)) + 1 or start
    part = text[begin : stop if stop > begin else start + length].strip()
    return f"{'… ' if begin else ''}{part}{' …' if begin + len(part) < len(text.rstrip()) else ''}"


def looked_sentence(num_files: int) -> str:
    """How far a look at many files is."""
    return tr("{count} files looked at", count=number(num_files))
