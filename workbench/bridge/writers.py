"""Models that are asked: kept in memory as long as they are, read again when they have learned more."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from engine.errors import BadInput, Cancelled, Message
from engine.library.library import Library
from engine.library.runs import Pointer, RunFolder
from workbench.bridge.live import LOOK_SECONDS, LiveRuns
from workbench.bridge.protocols.asking import ModelRef, ModelRequest
from workbench.bridge.shared_predictor import SharedPredictor

if TYPE_CHECKING:
    from engine.config.corpus import CleaningConfig
    from engine.models.model_file import LoadedModel
    from engine.sampling.predictor import Predictor
    from engine.sampling.suggestions import Suggester
    from engine.text.tokenizers import Tokenizer

MOST_MODELS = 3
MOST_ASKED = 6  # of models and mixtures of them: what they remember of the texts that they have read
LIVE_SECONDS = 5.0  # a question about a run that trains may be answered by weights of this age

IsCancelled = Callable[[], bool]
Stamp = tuple[int | str, ...]


@dataclass(frozen=True)
class ReadModel:
    """A model in memory. stamp: another one when the model has changed; notes: what was damaged in it."""

    stamp: Stamp
    title: str
    predictor: "Predictor"
    tokenizer: "Tokenizer"
    cleaning: "CleaningConfig"
    notes: tuple[Message, ...] = ()
    read_at: float = field(default_factory=time.monotonic)


class Asked:
    """Who answers a request: one model or several mixed. May be used from any thread."""

    def __init__(self, models: tuple[ReadModel, ...], request: ModelRequest) -> None:
        from engine.sampling.generate import Writer
        from engine.sampling.mixing import Mixture, check_same_vocabulary

        first = models[0]
        self.models = models
        self.predictor = first.predictor
        if len(models) > 1:
            check_same_vocabulary([model.tokenizer for model in models], [model.title for model in models])
            weights = (request.own_weight, *(part.weight for part in request.others))
            self.predictor = Mixture([model.predictor for model in models], weights, request.mix_kind)
        self.tokenizer, self.cleaning = first.tokenizer, first.cleaning
        self.writer: Writer = Writer(self.predictor, self.tokenizer, self.cleaning)
        self.notes = tuple(note for model in models for note in model.notes)
        self.suggesting = threading.Lock()  # to be held by who uses `suggester`
        self._suggester: Suggester | None = None

    @property
    def suggester(self) -> "Suggester":
        """Suggests words; it remembers what it was asked last."""
        if self._suggester is None:
            from engine.sampling.suggestions import Suggester

            self._suggester = Suggester(self.predictor, self.tokenizer, self.cleaning)
        return self._suggester


class Writers:
    """The models that were asked last. May be used from any thread."""

    def __init__(self, library: Library, live: LiveRuns) -> None:
        self._library = library
        self._live = live
        self._lock = threading.Lock()
        self._coming: WeakValueDictionary[ModelRef, threading.Lock] = WeakValueDictionary()  # held while one is read
        self._models: OrderedDict[ModelRef, ReadModel] = OrderedDict()
        self._asked: OrderedDict[tuple[object, ...], Asked] = OrderedDict()

    def asked(self, request: ModelRequest, is_cancelled: IsCancelled, *, is_fresh: bool = False) -> Asked:
        """Who answers. is_fresh: a run that trains is asked as it is this very moment, not a few seconds ago.

        Raises TextloomError and Cancelled.
        """
        self._live.fit_products()
        refs = (request.model, *(part.model for part in request.others))
        models = tuple(self._model(ref, is_cancelled, is_fresh) for ref in refs)
        with self._lock:
            for ref, model in zip(refs, models, strict=True):
                self._models.setdefault(ref, model)
                self._models.move_to_end(ref)
            self._make_room(keep=len(set(refs)))
            weights = (request.own_weight, request.mix_kind, *(part.weight for part in request.others))
            key = (refs, weights)
            asked = self._asked.get(key)
            if asked is None or asked.models != models:
                asked = Asked(models, request)
            self._asked[key] = asked
            self._asked.move_to_end(key)
            return asked

    def alone(self, ref: ModelRef) -> Asked:
        """A model that is asked once and not kept, as one of many milestones. Raises TextloomError."""
        return Asked((self._saved(ref, None),), ModelRequest(model=ref))

    def _model(self, ref: ModelRef, is_cancelled: IsCancelled, is_fresh: bool) -> ReadModel:
        """A model as it is now. One that takes long to come, as from a run amid a step, holds up no other."""
        with self._lock:
            coming = self._coming.setdefault(ref, threading.Lock())
        while not coming.acquire(timeout=LOOK_SECONDS):
            if is_cancelled():
                raise Cancelled
        try:
            with self._lock:
                known = self._models.get(ref)
            if not (ref.is_live and ref.run in self._live.ids()):
                known = self._saved(ref, known)
            elif known is None or is_fresh or time.monotonic() - known.read_at > LIVE_SECONDS:
                known = self._living(ref, is_cancelled) or self._saved(ref, None)
            with self._lock:
                self._models[ref] = known
        finally:
            coming.release()
        return known

    def _living(self, ref: ModelRef, is_cancelled: IsCancelled) -> ReadModel | None:
        """A run as it is now; None when it has just ended."""
        from engine.models.run_model import live_run_model

        snapshot = self._live.snapshot(ref.run, is_cancelled)
        if snapshot is None:
            return None
        model = live_run_model(self._library.run(ref.run), snapshot.step, snapshot.arrays)
        return _read_model(model, ("live", snapshot.step))

    def _saved(self, ref: ModelRef, known: ReadModel | None) -> ReadModel:
        """A model from the disk, unless the one that is known is still the same."""
        from engine.models.model_file import read_model
        from engine.models.run_model import read_run_model

        stamp = self._stamp(ref)
        if known is not None and known.stamp == stamp:
            return known
        if ref.file:
            return _read_model(read_model(Path(ref.file)), stamp)
        model, notes = read_run_model(self._library.run(ref.run), ref.step, _pointer(ref))
        return _read_model(model, stamp, notes)

    def _stamp(self, ref: ModelRef) -> Stamp:
        """Changes when the model does. Raises BadInput when there is none."""
        if ref.file:
            stamp = _file_stamp(Path(ref.file))
            if stamp is None:
                raise BadInput("{path} is no longer there. Choose another model.", path=ref.file)
            return stamp
        folder = self._library.run(ref.run)
        if not folder.path.is_dir():
            raise BadInput("The run of this model is no longer there. Choose another model.")
        if ref.step is not None:
            return (ref.step, *(_file_stamp(folder.milestone_path(ref.step)) or ()))
        step = folder.pointed_step(_pointer(ref))
        step = folder.pointed_step("latest") if step is None else step
        if step is None and not folder.checkpoint_steps():
            raise BadInput(
                "This model has saved nothing yet. Let it train for a moment longer, or choose another model."
            )
        return _run_stamp(folder, step)

    def _make_room(self, keep: int) -> None:
        while len(self._models) > max(MOST_MODELS, keep):
            self._models.popitem(last=False)
        kept = set(map(id, self._models.values()))
        for key, asked in list(self._asked.items()):
            if not kept.issuperset(map(id, asked.models)):
                del self._asked[key]
        while len(self._asked) >= MOST_ASKED:
            self._asked.popitem(last=False)


def _read_model(model: "LoadedModel", stamp: Stamp, notes: tuple[Message, ...] = ()) -> ReadModel:
    from engine.sampling.stepper import Stepper

    stepper = Stepper.from_arrays(model.configuration.model, model.arrays)
    return ReadModel(stamp, model.title, SharedPredictor(stepper), model.tokenizer, model.cleaning, notes)


def _pointer(ref: ModelRef) -> Pointer:
    return "latest" if ref.is_live else "best"


def _run_stamp(folder: RunFolder, step: int | None) -> Stamp:
    if step is None:
        return (-1,)
    return (step, *(_file_stamp(folder.checkpoint_path(step)) or ()))


def _file_stamp(path: Path) -> Stamp | None:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size)
