"""A run that another one begins from: vocabulary and shape of the model are taken over, and the best weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.config.configuration import SECTIONS, from_tables, merged, to_tables
from engine.errors import BadInput, InvalidSetting
from engine.library.library import Library
from engine.text.tokenizers import Tokenizer, tokenizer_from_json
from engine.training.run_record import RunRecord

# Settings that say what the weights mean. Dropout and the like may differ: they act on training only.
SHAPE = {
    "corpus": ("tokens", "min_count", "max_vocabulary", "unknown_character"),
    "model": ("cell", "num_layers", "hidden_size", "embedding_size", "tied", "residual", "activation"),
}


@dataclass(frozen=True)
class Origin:
    """The run `run_id` without its weights. tables: its configuration."""

    run_id: str
    tables: Mapping[str, Any]
    tokenizer: Tokenizer


def read_origin(library: Library, run_id: str) -> Origin:
    """The run with this id. Raises BadInput where there is none, DamagedFile or StorageFailed."""
    folder = library.run(run_id)
    if not folder.info_path.exists():
        raise BadInput("The run {run} that you start from is not there any more. Choose another one.", run=run_id)
    record = RunRecord.from_json(folder.read_info())
    return Origin(run_id, to_tables(from_tables(record.configuration)), tokenizer_from_json(folder.read_tokenizer()))


def tables_from(origin: Origin, tables: Mapping[str, Any]) -> dict[str, Any]:
    """`tables` with vocabulary and model of the origin where they leave them open.

    Raises InvalidSetting where they contradict it.
    """
    inherited = {section: origin.tables[section] for section in SHAPE}
    own = {section: table for section, table in tables.items() if section in SECTIONS}
    result = merged(inherited, own)
    complete = to_tables(from_tables(result))
    for section, names in SHAPE.items():
        for name in names:
            kept = origin.tables[section].get(name)
            if complete[section].get(name, kept) != kept:
                raise InvalidSetting(
                    "{field} is {value}, but the run that you start from has {nearest}: with its weights it can only "
                    "be {nearest}.",
                    field=f"{section}.{name}", value=complete[section][name], nearest=kept,
                )  # fmt: skip
    return result
