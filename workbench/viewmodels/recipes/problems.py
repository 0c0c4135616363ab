"""What keeps a draft from being trained, and what is known of its text before the engine has looked at it."""

from collections.abc import Mapping
from typing import Any

from workbench.bridge.protocols.jobs import Failure
from workbench.bridge.protocols.texts import CorpusEntry
from workbench.bridge.protocols.training import Estimate
from workbench.viewmodels.recipes.declarations import complete
from workbench.viewmodels.recipes.faults import Fault
from workbench.viewmodels.workbench import Workbench
from workbench.words import told, tr

BYTE_KINDS = 256


def problem_of(workbench: Workbench, corpus_id: str, faults: Mapping[str, Fault], failure: Failure | None) -> str:
    """Why Start would not train, in one sentence; empty when it would. failure: of the prediction."""
    if workbench.door.is_read_only:
        return tr("A newer version of Textloom made this library, so this one can only read it.")
    corpus = workbench.texts.entry(corpus_id)
    if corpus is None:
        return tr("Choose a text to train on.") if workbench.texts.entries() else tr("Add a text first.")
    if corpus.problem is not None:
        return told(corpus.problem)
    if faults:
        return next(iter(faults.values())).sentence
    return told(failure.message) if failure is not None and failure.is_expected else ""


def vocabulary_size(corpus: CorpusEntry | None, values: Mapping[str, Any], newest: Estimate | None) -> int:
    """Kinds of tokens: what the engine counted, or, before it did, what the report of the text says.

    values: the part `corpus` of the configuration.
    """
    if newest is not None and complete(newest.tables)["corpus"] == values:
        return newest.vocabulary_size
    if values["tokens"] == "byte" or corpus is None:
        return BYTE_KINDS
    kinds = int(corpus.counts.get("word_kinds" if values["tokens"] == "word" else "character_kinds", 0))
    limit = values["max_vocabulary"]
    return max(1, min(kinds, limit) if limit else kinds)
