"""What corpus.json says about a corpus, and how a corpus is found again by what it was made from."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.config.corpus import CleaningConfig
from engine.config.options import build
from engine.errors import DamagedFile, TextloomError
from engine.library.corpora import CorpusFolder
from engine.library.library import Library
from engine.text.identifying import Identified

_READERS_VERSION: Final = 2  # of readers and cleaning: raised when the same files would give another text


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """A corpus as its description tells it. fingerprint: of its texts; report: `ImportReport.as_json`."""

    id: str
    path: Path
    title: str
    created: str
    cleaning: CleaningConfig
    fingerprint: str
    report: Mapping[str, Any]


def read_corpus(folder: CorpusFolder) -> Corpus:
    """Read corpus.json and check its values. Raises `DamagedFile`, `NewerFormat` or `StorageFailed`."""
    info = folder.read_info()
    title, created, fingerprint = info.get("title"), info.get("created"), info.get("fingerprint")
    cleaning, report = info.get("cleaning"), info.get("report")
    if not (isinstance(title, str) and isinstance(created, str) and isinstance(fingerprint, str)):
        raise _damaged(folder)
    if not (isinstance(cleaning, dict) and isinstance(report, dict)):
        raise _damaged(folder)
    try:
        config = build(CleaningConfig, "corpus", cleaning)
    except TextloomError as error:
        raise _damaged(folder) from error
    return Corpus(
        id=folder.id, path=folder.path, title=folder.read_label().title or title, created=created,
        cleaning=config, fingerprint=fingerprint, report=report,
    )  # fmt: skip


def find_corpus(library: Library, fingerprint: str, *, title: str | None = None) -> Corpus | None:
    """The newest sound corpus with this fingerprint of its sources (and this title). Raises `StorageFailed`."""
    for entry in library.list_corpora():
        if entry.info.get("source_fingerprint") == fingerprint and title in (None, entry.title):
            folder = library.corpus(entry.id)
            try:
                if _has_its_texts(folder, entry.info.get("files")):
                    return read_corpus(folder)
            except TextloomError:
                continue  # a damaged one is as good as none: the text is imported anew
    return None


def source_fingerprint(parts: Mapping[str, Sequence[Identified]], cleaning: CleaningConfig) -> str:
    """SHA-256 of all that decides what a corpus' texts are: bytes, order, formats, encodings, cleaning, version."""
    described = [
        [part, known.source.format, known.sha256, *(_encoding(known))] for part, some in parts.items() for known in some
    ]
    value = [_READERS_VERSION, described, dataclasses.asdict(cleaning)]
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("ascii")).hexdigest()


def text_fingerprint(digests: Mapping[str, str]) -> str:
    """SHA-256 over the names and SHA-256 digests of a corpus' text files."""
    return hashlib.sha256(json.dumps(sorted(digests.items())).encode("ascii")).hexdigest()


def _encoding(known: Identified) -> tuple[str, str]:
    return ("", "") if known.decision is None else (known.decision.encoding, known.decision.errors)


def _has_its_texts(folder: CorpusFolder, files: object) -> bool:
    """A quick look at the sizes; `CorpusFolder.check` compares every byte."""
    if not isinstance(files, dict) or folder.text_path.name not in files:
        return False
    return all(
        isinstance(record, dict) and (folder.path / name).stat().st_size == record.get("bytes")
        for name, record in files.items()
        if isinstance(name, str)
    )


def _damaged(folder: CorpusFolder) -> DamagedFile:
    return DamagedFile("{path} is damaged: it does not describe a corpus.", path=str(folder.info_path))
