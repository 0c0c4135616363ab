"""Runs begin and go on here: from a corpus and a configuration to a session that trains."""

import platform
import shutil
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import torch

from engine.config.configuration import Configuration, from_tables, to_tables
from engine.control import RunControl
from engine.device import choose_device, device_name, processor_features
from engine.errors import BadInput, DamagedFile, Message, message
from engine.events import RunEvent, WarningIssued
from engine.library.library import Library
from engine.library.runs import Checkpoint, RunFolder
from engine.library.tensors import Expected, TensorFile
from engine.models.build import num_parameters
from engine.models.run_model import read_run_model
from engine.text.tokenizers import tokenizer_from_json
from engine.training.auto import Facts
from engine.training.checkpoints import expected_tensors, is_finite, packed, unpacked
from engine.training.data import RunData, open_data
from engine.training.gradients import Clipping
from engine.training.machine import as_dtype
from engine.training.origins import Origin
from engine.training.planning import Draft, drafted, inherited
from engine.training.request import Request as Request
from engine.training.run_record import RunRecord
from engine.training.session import Session
from engine.training.trainer import Trainer


@dataclass(frozen=True)
class Durations:
    """What a resumed run shall train in addition; 0 adds nothing."""

    minutes: float = 0.0
    epochs: float = 0.0
    steps: int = 0

    @property
    def is_given(self) -> bool:
        """Whether anything is added."""
        return bool(self.minutes or self.epochs or self.steps)


Preparing = Generator[RunEvent, None, Session]


def create_run(library: Library, request: Request, control: RunControl) -> Preparing:
    """Prepare a new run: yields what happens and returns its session. Its minutes count from here.

    Raises BadInput before anything is written if the configuration cannot be used.
    """
    began = time.monotonic()
    library.check_writable()
    origin, tables = inherited(library, request)
    corpus = from_tables(tables).corpus
    data = yield from open_data(library, request.corpus_id, corpus, None if origin is None else origin.tokenizer)
    facts = Facts(len(data.train_ids), data.tokenizer.vocabulary_size, corpus.tokens)
    draft = yield from drafted(library, request, tables, facts)
    trainer = Trainer(
        draft.configuration, data.train_ids, data.tokenizer.vocabulary_size, draft.device, draft.precision
    )
    parent = {} if origin is None else _start_from(library, origin, trainer)
    folder = library.new_run(request.title or data.title)
    record = _new_record(folder.id, request, draft, data)
    record.parent = parent
    try:
        folder.write_tokenizer(data.tokenizer.to_json())
        if parent:  # the weights stand in this run from the start: the other one may be deleted
            tensors, numbers = trainer.capture()
            folder.write_checkpoint(0, packed(tensors), {"step": 0, "numbers": numbers})
        folder.write_info(record.to_json())
    except BaseException:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    trainer.counters.seconds = time.monotonic() - began
    return Session(folder, record, replace(data, warnings=(*data.warnings, *draft.warnings)), trainer, control)


def _start_from(library: Library, origin: Origin, trainer: Trainer) -> dict[str, Any]:
    """Begin with the best weights of a run; what the record says of it."""
    model, _ = read_run_model(library.run(origin.run_id))
    trainer.start_from(model.arrays)
    return {"run": origin.run_id, "step": model.counts["step"]}


def _new_record(run_id: str, request: Request, draft: Draft, data: RunData) -> RunRecord:
    return RunRecord(
        id=run_id,
        title=request.title or data.title,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        recipe=request.recipe,
        corpus={
            "id": data.corpus_id,
            "title": data.title,
            "fingerprint": data.fingerprint,
            "cleaning": dict(data.cleaning),
        },
        configuration=to_tables(draft.configuration),
        vocabulary_size=data.tokenizer.vocabulary_size,
        num_parameters=num_parameters(draft.configuration.model, data.tokenizer.vocabulary_size),
        machine=_machine(draft.device, draft.precision),
        explanation=draft.explanation,
    )


def _machine(device: torch.device, precision: torch.dtype) -> dict[str, Any]:
    return {
        "device": device.type,
        "device_name": device_name(device),
        "features": list(processor_features()),
        "num_threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "precision": "bfloat16" if precision == torch.bfloat16 else "float32",
    }


def resume_run(library: Library, run_id: str, added: Durations, control: RunControl) -> Preparing:
    """Go on with a run from its latest checkpoint, or from step 0 before the first one; as `create_run`.

    On the same machine with the same torch version and number of threads the run goes on bit for bit.
    """
    library.check_writable()
    folder = library.run(run_id)
    record = RunRecord.from_json(folder.read_info())
    configuration = from_tables(record.configuration)
    own = tokenizer_from_json(folder.read_tokenizer()) if record.parent else None
    data = yield from open_data(library, str(record.corpus.get("id")), configuration.corpus, own)
    _check_same_text(record, data)
    device = choose_device(configuration.training.device)
    precision = as_dtype(str(record.machine.get("precision", "float32")))
    trainer = Trainer(configuration, data.train_ids, data.tokenizer.vocabulary_size, device, precision)
    checkpoint = _read_latest(folder, configuration, trainer)
    if checkpoint is not None:
        _restore(trainer, checkpoint)
        _catch_up(trainer, configuration, record)
        for problem in checkpoint.problems:
            yield WarningIssued(message=problem)
    warnings = _changed_machine(record, device)
    record.machine = _machine(device, precision)
    record.outcome, record.reason = "", Message("")
    if added.is_given:
        record.configuration = to_tables(replace(configuration, training=_lengthened(trainer, added)))
        trainer.config = from_tables(record.configuration).training
        record.plan = {}
    return Session(folder, record, replace(data, warnings=tuple(warnings)), trainer, control)


def _check_same_text(record: RunRecord, data: RunData) -> None:
    if record.corpus.get("fingerprint") != data.fingerprint or record.vocabulary_size != data.tokenizer.vocabulary_size:
        raise BadInput(
            "The text {title} is not the one that the run {run} was trained on. Import that text again.",
            title=data.title, run=record.id,
        )  # fmt: skip


def _read_latest(folder: RunFolder, configuration: Configuration, trainer: Trainer) -> Checkpoint | None:
    assert trainer.model.generator is not None
    own_bytes = trainer.model.generator.get_state().numel()

    def expected(header: TensorFile) -> Expected:
        # Another kind of device has a generator of another size, which `restore` leaves alone.
        saved = header.tensors.get("dropout_generator")
        generator_bytes = own_bytes if saved is None or len(saved.shape) != 1 else saved.shape[0]
        return expected_tensors(
            configuration.model,
            trainer.model.vocabulary_size,
            configuration.training.optimizer.kind,
            trainer.batches.batch_size,
            generator_bytes,
            has_stepped=any(name.startswith("optimizer/") for name in header.tensors),
        )

    return folder.read_checkpoint("latest", expected)


def _restore(trainer: Trainer, checkpoint: Checkpoint) -> None:
    numbers = checkpoint.metadata.get("numbers")
    if not isinstance(numbers, Mapping) or not is_finite(numbers):
        raise DamagedFile("The checkpoint of step {step} holds odd numbers.", step=checkpoint.step)
    trainer.restore(unpacked(checkpoint.tensors), numbers)


def _catch_up(trainer: Trainer, configuration: Configuration, record: RunRecord) -> None:
    """Take over live settings and the plan, as far as they are newer than the checkpoint that was restored."""
    training, counters, plan = configuration.training, trainer.counters, record.plan
    trainer.clipping = Clipping(training.clip_norm, training.clip_value)
    trainer.rate_factor = training.learning_rate_factor
    trainer.model.dropout = float(configuration.model.dropout)
    if not plan:
        counters.total_steps = None
    elif counters.total_steps is not None or plan["at_step"] <= counters.step:
        counters.total_steps, counters.validate_every_steps = plan["total_steps"], plan["validate_every_steps"]


def _changed_machine(record: RunRecord, device: torch.device) -> list[Message]:
    """A warning if the run goes on elsewhere than where it began."""
    now = {"device": device.type, "torch": torch.__version__, "num_threads": torch.get_num_threads()}
    if all(record.machine.get(name) == value for name, value in now.items()):
        return []
    return [
        message(
            "This run began with torch {torch} on {device} with {num_threads} threads. It goes on, but the last digits "
            "may differ from what they would have been.",
            torch=str(record.machine.get("torch")), device=str(record.machine.get("device")),
            num_threads=str(record.machine.get("num_threads")),
        )
    ]  # fmt: skip


def _lengthened(trainer: Trainer, added: Durations) -> Any:
    """Training settings whose durations lie as far ahead of the present step as wished."""
    counters, batches = trainer.counters, trainer.batches
    counters.total_steps = None
    counters.validations_without_gain = 0
    return replace(
        trainer.config,
        minutes=counters.seconds / 60 + added.minutes if added.minutes else 0.0,
        epochs=batches.epoch + added.epochs if added.epochs else 0.0,
        steps=counters.step + added.steps if added.steps else 0,
        tokens=0,
    )
