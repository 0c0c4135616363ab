"""From files to a corpus on the disk: decoded, cleaned, counted, and there completely or not at all."""

import dataclasses
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from engine.config.corpus import CleaningConfig
from engine.errors import BadInput, Cancelled, message
from engine.import_events import CorpusImported, ImportEvent, ImportProgressed, Problem, ProblemFound, Stage
from engine.library.corpora import CorpusFolder
from engine.library.library import Library
from engine.text.building import building_folder
from engine.text.changes import ChangeLog
from engine.text.corpora import find_corpus, source_fingerprint, text_fingerprint
from engine.text.counting import Census
from engine.text.folding_files import fold_files
from engine.text.identifying import Identified, guessed, identify
from engine.text.measuring import measure
from engine.text.part_writing import PartWriter, part_writer
from engine.text.report import report_of
from engine.text.source_reading import SourceFailed, cleaned_pieces
from engine.text.sources import FoundTexts, Source, nothing_left

T = TypeVar("T")
Events = Generator[ImportEvent, None, T]

_EVENT_SECONDS = 0.1


def import_texts(
    texts: FoundTexts,
    library: Library,
    *,
    name: str | None = None,
    cleaning: CleaningConfig | None = None,
    encoding: str | None = None,
    valid: FoundTexts | None = None,
    test: FoundTexts | None = None,
    one_each: bool = False,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[ImportEvent]:
    """Import files as one corpus, joined by blank lines, or as one corpus each; drive the generator to its end.

    The last event, for each corpus, is `CorpusImported`. Files that cannot be read are told as `ProblemFound` and left
    out. The same texts imported again in the same way, under the same `name` or none, yield the corpus that is there.
    Raises `BadInput` when nothing is left to import, the text has fewer than two characters, or there is a name for
    several corpora; `Cancelled`, `StorageFailed`. Then nothing was changed.
    """
    library.check_writable()
    if one_each and name is not None:
        raise BadInput("A name is for one text. Leave it out where every file becomes a text of its own.")
    found = {"text": texts, "valid": valid, "test": test}
    parts = {part: [*some.sources] for part, some in found.items() if some is not None}
    problems = [problem for some in found.values() if some is not None for problem in some.problems]
    job = _Import(library, cleaning or CleaningConfig(), encoding, name, is_cancelled)
    for problem in problems:
        yield ProblemFound(problem=problem)
    yield from job.run_each(parts) if one_each else job.run(parts, _Problems(problems))


def _title(sources: Sequence[Source]) -> str:
    first = Path(sources[0].name)
    return first.stem if len(sources) == 1 or len(first.parts) == 1 else first.parts[0]


def _num_kinds(censuses: Mapping[str, Census]) -> int:
    """Kinds of characters in what is trained on and validated on."""
    return len(set().union(*(censuses[part].characters() for part in ("text", "valid") if part in censuses)))


@dataclass
class _Progress:
    """Counts both looks at all files, and tells at most ten times a second."""

    total: int
    is_cancelled: Callable[[], bool]
    done: int = 0
    _stage: Stage = "reading"
    _stage_started: tuple[float, int] = (0.0, 0)
    _told_at: float = 0.0

    def begin(self, stage: Stage, done: int) -> None:
        self._stage, self.done = stage, done
        self._stage_started = (time.monotonic(), done)

    def advanced(self, num_bytes: int) -> Iterator[ImportProgressed]:
        if self.is_cancelled():
            raise Cancelled
        self.done += num_bytes
        now = time.monotonic()
        if now - self._told_at < _EVENT_SECONDS:
            return
        self._told_at = now
        seconds, done = now - self._stage_started[0], self.done - self._stage_started[1]
        is_known = self._stage == "cleaning" and done > 0 and seconds > 2 * _EVENT_SECONDS
        yield ImportProgressed(
            stage=self._stage,
            done_bytes=self.done,
            total_bytes=self.total,
            remaining_seconds=(self.total - self.done) * seconds / done if is_known else None,
        )

    def watched(self, looks: Generator[int, None, T]) -> Events[T]:
        """What `looks` returns; the bytes it yields become events."""
        while True:
            try:
                num_bytes = next(looks)
            except StopIteration as end:
                result: T = end.value
                return result
            yield from self.advanced(num_bytes)


@dataclass
class _Import:
    """Imports corpora, one by one, with the same choices."""

    library: Library
    cleaning: CleaningConfig
    encoding: str | None
    name: str | None
    is_cancelled: Callable[[], bool]

    def run_each(self, parts: Mapping[str, Sequence[Source]]) -> Events[None]:
        """One corpus for each file of the text; those that cannot be imported are told and left out."""
        failures: list[Problem] = []
        for source in parts["text"]:
            told = _Problems([])
            try:
                yield from self.run({**parts, "text": [source]}, told)
            except BadInput as error:
                failures.append(Problem(name=source.name, reason=error.message))
                if told.add(failures[-1]):
                    yield ProblemFound(problem=failures[-1])
        if len(failures) == len(parts["text"]):
            raise nothing_left(failures)

    def run(self, parts: Mapping[str, Sequence[Source]], problems: "_Problems") -> Events[None]:
        title = self.name or _title(parts["text"])
        total = 2 * sum(source.size for sources in parts.values() for source in sources)
        state = _State(problems, _Progress(total, self.is_cancelled))
        yield from self._identify(parts, state)
        fingerprint = source_fingerprint(state.known, self.cleaning)
        existing = find_corpus(self.library, fingerprint, title=self.name)
        if existing is not None:
            yield CorpusImported(
                corpus=existing.id, title=existing.title, is_new=False, report=existing.report
            )  # fmt: skip
            return
        with building_folder(self.library.corpora_path) as building:
            writers, log = yield from self._write(building.path, state)
            if self.cleaning.rare_characters == "fold":
                folded = fold_files(writers, self.cleaning.rare_below, log)
                writers = yield from state.progress.watched(folded)
            yield from self._check(title, writers, state)
            state.progress.begin("measuring", state.progress.total)
            yield from state.progress.advanced(0)
            censuses = {part: writer.census for part, writer in writers.items()}
            figures = measure(building.path, _num_kinds(censuses))
            references, leakage = yield from state.progress.watched(figures)
            report = report_of(censuses, log.changes(), state.problems.all(), references, leakage).as_json()
            digests = {writer.path.name: writer.sha256 for writer in writers.values()}
            info = self._info(title, state, fingerprint, digests, report)
            CorpusFolder(building.path).write_info(info, digests)
            corpus = building.publish(title)
        yield CorpusImported(corpus=corpus.name, title=title, is_new=True, report=report)

    def _identify(self, parts: Mapping[str, Sequence[Source]], state: "_State") -> Events[None]:
        state.progress.begin("reading", 0)
        for part, sources in parts.items():
            state.known[part] = []
            num_problems = len(state.problems)
            for source in sources:
                try:
                    known = yield from state.progress.watched(identify(source, source.encoding or self.encoding))
                    state.known[part].append(known)
                    if known.decision is not None and known.decision.how == "guess":
                        yield state.told(guessed(source.name, known.decision))
                except BadInput as error:
                    yield state.told(Problem(name=source.name, reason=error.message))
            state.check_not_empty(part, num_problems)

    def _write(self, folder: Path, state: "_State") -> Events[tuple[dict[str, PartWriter], ChangeLog]]:
        """All parts. A file that fails when some of it has been written is left out and all is written again."""
        while True:
            log, writers = ChangeLog(), {}
            state.progress.begin("cleaning", state.progress.total // 2)
            try:
                for part in state.known:
                    writers[part] = yield from self._write_part(folder / f"{part}.utf8", part, state, log)
                return writers, log
            except SourceFailed as failure:
                yield state.left_out(failure.known, failure.problem)

    def _write_part(self, path: Path, part: str, state: "_State", log: ChangeLog) -> Events[PartWriter]:
        num_problems = len(state.problems)
        with part_writer(path) as writer:
            for known in list(state.known[part]):
                notes: list[Problem] = []
                pieces = cleaned_pieces(known, self.cleaning, log, notes, self.is_cancelled)
                writer.begin_source()
                try:
                    for num_bytes, text in pieces:
                        writer.write(text)
                        yield from state.progress.advanced(num_bytes)
                except BadInput as error:
                    yield state.left_out(known, Problem(name=known.source.name, reason=error.message))
                for note in notes:
                    yield state.told(note)
            state.check_not_empty(part, num_problems)
        return writer

    def _check(self, title: str, writers: Mapping[str, PartWriter], state: "_State") -> Events[None]:
        for part, writer in writers.items():
            if writer.census.num_characters < 2:
                raise BadInput(
                    "The {part} has {count} characters after cleaning, and at least 2 are needed. Give a longer text.",
                    part={"text": "text", "valid": "validation text", "test": "test text"}[part],
                    count=writer.census.num_characters,
                )  # fmt: skip
        if len(writers["text"].census.characters()) == 1:
            reason = message("{name} has only one kind of character: there is nothing to learn in it.", name=title)
            yield state.told(Problem(name=title, reason=reason, is_refused=False))

    def _info(
        self, title: str, state: "_State", fingerprint: str, digests: Mapping[str, str], report: Mapping[str, Any]
    ) -> dict[str, object]:
        return {
            "title": title,
            "sources": [
                {"part": part, **known.as_json()} for part, sources in state.known.items() for known in sources
            ],
            "cleaning": dataclasses.asdict(self.cleaning),
            "split": "files" if "valid" in state.known else "last_part",
            "source_fingerprint": fingerprint,
            "fingerprint": text_fingerprint(digests),
            "report": report,
        }


class _Problems:
    """What was told, in order, each thing once: what is written again is read again."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = {(problem.name, problem.reason.text): problem for problem in problems}

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, problem: Problem) -> bool:
        """Whether it is new."""
        return self._problems.setdefault((problem.name, problem.reason.text), problem) is problem

    def all(self) -> list[Problem]:
        return list(self._problems.values())


@dataclass
class _State:
    """What is known so far about one corpus."""

    problems: _Problems
    progress: _Progress
    known: dict[str, list[Identified]] = field(default_factory=dict)

    def told(self, problem: Problem) -> ProblemFound:
        self.problems.add(problem)
        return ProblemFound(problem=problem)

    def left_out(self, known: Identified, problem: Problem) -> ProblemFound:
        for sources in self.known.values():
            sources[:] = [other for other in sources if other is not known]
        return self.told(problem)

    def check_not_empty(self, part: str, num_problems_before: int) -> None:
        if not self.known[part]:
            raise nothing_left(self.problems.all()[num_problems_before:] or self.problems.all())
