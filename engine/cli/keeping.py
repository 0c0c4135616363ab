"""The commands that look after the library: list, presets, verify."""

import argparse

from engine.cli.output import Output
from engine.cli.place import LibraryPlace
from engine.config.recipes import preset, preset_names
from engine.library.entries import Entry
from engine.library.verify import verify as verify_library


def list_all(_arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """List texts and runs."""
    corpora: list[Entry] = []
    runs: list[Entry] = []
    if place.is_named or not place.is_missing:
        library = place.existing()
        corpora, runs = library.list_corpora(), library.list_runs()
    if not corpora and not runs:
        output.text(f'{place.emptiness} Begin with: textloom train "Python manual"')
    for heading, kind, entries in (("Texts", "corpus", corpora), ("Runs", "run", runs)):
        if entries:
            output.text(f"{heading}:")
        for entry in entries:
            output.record(_record(kind, entry))
            output.text(f"  {entry.id:<32} {entry.title}{_remark(entry)}")
    return 0


def _record(kind: str, entry: Entry) -> dict[str, object]:
    record: dict[str, object] = {"kind": kind, "id": entry.id, "title": entry.title, "created": entry.created}
    if kind == "run":
        best = entry.info.get("best")
        record["outcome"] = entry.info.get("outcome", "")
        record["step"] = entry.info.get("step", 0)
        record["best_valid_loss_nats"] = best.get("loss_nats") if isinstance(best, dict) else None
    record["problem"] = entry.problem.text if entry.problem else None
    return record


def _remark(entry: Entry) -> str:
    if entry.problem:
        return f" ({entry.problem.text})"
    best = entry.info.get("best")
    outcome = entry.info.get("outcome")
    words = [str(outcome).replace("_", " ") or "not ended"] if "outcome" in entry.info else []
    if isinstance(best, dict) and isinstance(best.get("loss_nats"), float):
        words.append(f"{best['loss_nats']:.3f} nats per token")
    return f" ({', '.join(words)})" if words else ""


def list_presets(_arguments: argparse.Namespace, _place: LibraryPlace, output: Output) -> int:
    """List the presets."""
    for name in preset_names():
        recipe = preset(name)
        output.record({"name": name, "title": recipe.title, "about": recipe.about, "settings": recipe.tables})
        output.text(f"{name:<16} {recipe.about}")
    return 0


def verify(_arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Check every file of the library; 1 if something is damaged that could not be repaired."""
    num_damaged = 0
    for finding in verify_library(place.existing(repair=True)):
        num_damaged += finding.kind == "damaged"
        output.record({"kind": finding.kind, "path": str(finding.path), "message": finding.message.text})
        output.text(finding.message.text)
    return 1 if num_damaged else 0
