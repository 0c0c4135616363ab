"""The present settings as a command: what `textloom sample` must be told to write like this page."""

import shlex
from pathlib import Path

from engine.config.options import default_of
from engine.config.sampling import SamplingConfig
from engine.config.texts_of import texts_of
from workbench.bridge.protocols.writing import MixPart, ModelRef, NextRequest
from workbench.viewmodels.write.controls import OPTIONS, WritingControls

LONGEST_PROMPT = 300  # of a longer text the end is given
_SEVERAL = {"stop": "--stop", "banned": "--banned", "forced": "--forced", "logit_bias": "--bias"}
_TOKENS_PER_WORD = 12


def sample_command(model: ModelRef, controls: WritingControls, text: str, library: Path | None = None) -> str:
    """The command, quoted for a shell. text: what stands before the caret; library: where it is not the person's own.

    Seed and temperature are always said, as a model's recipe may have others.
    """
    prompt = text[-LONGEST_PROMPT:]
    settings, words = controls.sampling(), ["textloom", "sample", _name(model)]
    if prompt:
        words += _option("--prompt", prompt)
    if prompt and not prompt[-1].isspace():
        words.append("--complete-word")  # as the page does
    for name in OPTIONS:
        value = getattr(settings, name)
        if value != default_of(SamplingConfig, name) or name in ("seed", "temperature"):
            words += _said(name, value)
    length = settings.num_words * _TOKENS_PER_WORD
    if length > SamplingConfig().length:
        words += _option("--length", str(length))
    words += _mixing(controls.mixed(NextRequest(model=model)))
    words += _option("--library", str(library)) if library is not None else []
    return shlex.join(words)


def _said(name: str, value: object) -> list[str]:
    if name in _SEVERAL:
        return [word for text in texts_of(str(value)) for word in _option(_SEVERAL[name], text)]
    return _option(f"--{name.replace('_', '-')}", str(value))


def _mixing(request: NextRequest) -> list[str]:
    if not request.others:
        return []
    words = [word for part in request.others for word in _option("--mix", _part(part))]
    words += _option("--own-weight", str(request.own_weight))
    return words + (_option("--mix-kind", request.mix_kind) if request.mix_kind != "mixture" else [])


def _part(part: MixPart) -> str:
    return f"{_name(part.model)}={part.weight}"


def _name(model: ModelRef) -> str:
    return model.file or model.run


def _option(flag: str, value: str) -> list[str]:
    """What begins with a hyphen would be read as the next option."""
    return [f"{flag}={value}"] if value.startswith("-") else [flag, value]
