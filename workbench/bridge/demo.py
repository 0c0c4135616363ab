"""The run that comes with Textloom, so that there is something to write with and to look at in the first minute.

`packaging/build_demo_run.py` makes what lies in `resources/demo`. It goes into a library once, when the library is new;
who has thrown it away can bring it back on Write.
"""

import json
import os
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

from engine.errors import StorageFailed
from engine.import_events import CorpusImported
from engine.library.files import storage_failed, sync_folder
from engine.library.library import Library

CORPUS_TITLE = "Tales of Sallowmouth"
_FILES = ("tokenizer.json", "metrics.jsonl", "samples.jsonl", "best", "latest")


def is_untouched(library: Library) -> bool:
    """Whether nothing has ever been kept in a library."""
    folders = (library.corpora_path, library.runs_path, library.writings_path, library.trash_path)
    return not library.is_read_only and not any(_has_entries(folder) for folder in folders)


def install_demo(library: Library) -> str:
    """Put text and run into the library, as far as they are not there; returns the id of the run.

    Raises TextloomError.
    """
    library.check_writable()
    corpus_id = _corpus(library)
    demo = resources.files("resources") / "demo"
    info: dict[str, Any] = json.loads((demo / "run.json").read_text(encoding="utf-8"))
    info["corpus"]["id"] = corpus_id
    target = library.run(info["id"]).path
    if target.exists():
        return target.name
    made = library.runs_path / f".{target.name}-{os.getpid()}"
    try:
        _copy(demo, made, info)
        made.rename(target)
        sync_folder(library.runs_path)
    except OSError as error:
        raise storage_failed(error, target) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target.name


def _corpus(library: Library) -> str:
    """The id of the tales, imported where they are not there yet."""
    from engine.text.samples import import_sample

    imported = [event for event in import_sample(CORPUS_TITLE, library) if isinstance(event, CorpusImported)]
    if not imported:
        raise StorageFailed("The tales could not be put into the library.")
    return imported[-1].corpus


def _copy(demo: Any, target: Path, info: dict[str, Any]) -> None:
    (target / "checkpoints").mkdir(parents=True)
    for name in _FILES:
        (target / name).write_bytes((demo / name).read_bytes())
    for checkpoint in (demo / "checkpoints").iterdir():
        (target / "checkpoints" / checkpoint.name).write_bytes(checkpoint.read_bytes())
    (target / "run.json").write_text(json.dumps(info, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _has_entries(folder: Path) -> bool:
    return folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir())
