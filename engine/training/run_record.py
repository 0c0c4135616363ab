"""The record of a run: what it is, on which machine, and how it ended; `run.json` in its folder."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from engine.errors import DamagedFile, Message, message_from_record, message_record


@dataclass
class RunRecord:
    """Truth about a run beside its metrics.

    configuration: plain tables, frozen with every choice of `auto`; plan: number of steps and cadences once known;
    outcome: "" while it trains or after a crash; best: figures of the best state by its validation, and once
    the run has ended by itself those as one stream (full_loss_nats, full_bits_per_character, test_loss_nats); parent:
    {"run", "step"} of the state that this run began with, empty where it began anew.
    """

    id: str
    title: str
    created: str
    recipe: str
    corpus: dict[str, Any]
    configuration: dict[str, Any]
    vocabulary_size: int
    num_parameters: int
    machine: dict[str, Any] = field(default_factory=dict)
    explanation: Message = field(default_factory=lambda: Message(""))
    plan: dict[str, Any] = field(default_factory=dict)
    outcome: str = ""
    reason: Message = field(default_factory=lambda: Message(""))
    step: int = 0
    seconds: float = 0.0
    best: dict[str, Any] = field(default_factory=dict)
    parent: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values for run.json."""
        said = {**message_record("explanation", self.explanation), **message_record("reason", self.reason)}
        return {**asdict(self), **said}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "RunRecord":
        """The record from run.json. Raises DamagedFile if an entry is missing or of another type."""
        known = {f.name: f for f in fields(cls)}
        arguments = {name: value for name, value in values.items() if name in known}
        for name in ("explanation", "reason"):
            if name in arguments:
                arguments[name] = message_from_record(values, name)
        try:
            record = cls(**arguments)
        except TypeError as error:
            raise DamagedFile("The run's record (run.json) lacks an entry: {reason}.", reason=str(error)) from error
        for name, kind in _KINDS.items():
            if isinstance(getattr(record, name), bool) or not isinstance(getattr(record, name), kind):
                raise DamagedFile("The run's record (run.json) holds an odd value for {name}.", name=name)
        if record.plan and not all(_is_count(record.plan.get(name)) for name in _PLAN_COUNTS):
            raise DamagedFile("The run's record (run.json) holds an odd plan.")
        return record


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_PLAN_COUNTS = ("total_steps", "validate_every_steps", "at_step")
_KINDS: dict[str, type | tuple[type, ...]] = {
    "id": str, "title": str, "created": str, "recipe": str, "corpus": dict, "configuration": dict,
    "vocabulary_size": int, "num_parameters": int, "machine": dict, "explanation": Message, "plan": dict,
    "outcome": str, "reason": Message, "step": int, "seconds": (int, float), "best": dict,
    "parent": dict,
}  # fmt: skip
