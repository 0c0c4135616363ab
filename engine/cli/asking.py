"""The commands that ask a model: how probable a text is, which word comes next, what of a text is copied."""

import argparse
import math
from collections.abc import Iterable

from engine.analysis.copying import CopyIndex, CopyReport, Unit, find_copied
from engine.cli.models import load, run_folder
from engine.cli.output import Output, duration
from engine.cli.place import LibraryPlace
from engine.cli.texts import read_plain
from engine.config.configuration import from_tables
from engine.config.corpus import CorpusConfig
from engine.errors import BadInput
from engine.library.corpora import CorpusFolder
from engine.models.model_file import LoadedModel
from engine.sampling.scoring import ScoredToken, difference, score_text
from engine.sampling.stepper import Stepper
from engine.sampling.suggestions import Suggester

MOST_SUGGESTIONS = 100
_SHOWN_CHARACTERS = 60
_LARGEST_EXPONENT = 1_000  # of 2, which a float can hold


def score(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Say of each token of a text how probable it was; with a second model, where the two differ."""
    model = load(arguments.model, place, output)
    other = None if arguments.against is None else load(arguments.against, place, output)
    text = read_plain(arguments.text, output)
    scores = _scores(model, text)
    if other is None:
        _tell_scores(scores, output)
    else:
        _tell_differences(list(scores), list(_scores(other, text)), text, output)
    return 0


def _scores(model: LoadedModel, text: str) -> Iterable[ScoredToken]:
    stepper = Stepper.from_arrays(model.configuration.model, model.arrays)
    return score_text(stepper, model.tokenizer, text, cleaning=model.cleaning)


def _tell_scores(scores: Iterable[ScoredToken], output: Output) -> None:
    count, bits = 0, 0.0
    for token in scores:
        count += 1
        bits += token.surprise_bits
        output.record(
            {
                "text": token.text, "start": token.start, "stop": token.stop, "probability": token.probability,
                "rank": token.rank, "entropy_bits": token.entropy_bits, "surprise_bits": token.surprise_bits,
                "best_text": token.best_text, "best_probability": token.best_probability,
            }
        )  # fmt: skip
        if not output.is_json:
            preferred = "" if token.rank == 1 else f"  rather {token.best_text!r} {token.best_probability:.1%}"
            output.text(
                f"{token.probability:7.1%}  rank {token.rank:<5} {token.entropy_bits:6.2f} bits unsure  "
                f"{token.text!r}{preferred}"
            )
    if count:
        average = bits / count
        perplexity = 2**average if average < _LARGEST_EXPONENT else math.inf
        output.note(f"{count:,} tokens, {average:.3f} bits per token, perplexity {perplexity:.2f}.")
    else:
        output.note("There is nothing in this text that the model reads.")


def _tell_differences(first: list[ScoredToken], second: list[ScoredToken], text: str, output: Output) -> None:
    totals = [0.0, 0.0]
    for piece in difference(first, second):
        totals = [totals[0] + piece.first_bits, totals[1] + piece.second_bits]
        shown = text[piece.start : piece.stop]
        output.record(
            {
                "text": shown, "start": piece.start, "stop": piece.stop,
                "first_bits": piece.first_bits, "second_bits": piece.second_bits,
            }
        )  # fmt: skip
        output.text(f"{piece.first_bits:8.2f} {piece.second_bits:8.2f} {piece.bits:+8.2f}  {shown!r}")
    output.note(
        f"Bits of surprise: {totals[0]:.1f} for the first model, {totals[1]:.1f} for the second. "
        "In the third column, less than 0: the first expected it rather."
    )


def suggest(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Name the likeliest next words."""
    if not 1 <= arguments.top <= MOST_SUGGESTIONS:
        raise BadInput(
            "--top is {top}, but must be between 1 and {most}.", top=arguments.top, most=MOST_SUGGESTIONS
        )
    model = load(arguments.model, place, output)
    stepper = Stepper.from_arrays(model.configuration.model, model.arrays)
    suggester = Suggester(stepper, model.tokenizer, model.cleaning)
    found = suggester.suggest(arguments.prompt, arguments.top)
    for suggestion in found:
        output.record(
            {"text": suggestion.text, "word": suggestion.word, "probability": suggestion.probability}
        )
        output.text(f"{suggestion.probability:7.2%}  {suggestion.word}")
    if not found:
        output.note("The model expects no word here.")
    return 0


def novelty(arguments: argparse.Namespace, place: LibraryPlace, output: Output) -> int:
    """Say what of a text stands in the text from which a model learned."""
    corpus, config = _corpus_of(arguments, place)
    text = read_plain(arguments.text, output)
    index = _built(corpus, config, output, is_read_only=place.existing().is_read_only)
    unit: Unit = "words" if config is not None and config.tokens == "word" else "characters"
    report = find_copied(text, index, arguments.shortest, unit)
    output.record(_report_record(report, corpus.id))
    _tell_report(report, text, output)
    return 0


def _corpus_of(arguments: argparse.Namespace, place: LibraryPlace) -> tuple[CorpusFolder, CorpusConfig | None]:
    """The text to compare with, and how the run reads it. Raises BadInput."""
    if arguments.corpus is not None:
        library = place.existing()
        return library.corpus(library.find("corpora", arguments.corpus).id), None
    run = run_folder(arguments.model, place)
    if run is None:
        raise BadInput("A model file does not name the text it learned from. Say which: --corpus TEXT.")
    info = run.read_info()
    named, tables = info.get("corpus"), info.get("configuration")
    corpus_id = named.get("id") if isinstance(named, dict) else None
    corpus = place.existing().corpus(corpus_id) if isinstance(corpus_id, str) and corpus_id else None
    if corpus is None or not corpus.path.is_dir():
        raise BadInput(
            "The text from which {run} learned is no longer in the library. Say which to compare with: --corpus TEXT.",
            run=run.id,
        )
    return corpus, from_tables(tables if isinstance(tables, dict) else {}).corpus


def _built(corpus: CorpusFolder, config: CorpusConfig | None, output: Output, *, is_read_only: bool) -> CopyIndex:
    steps = CopyIndex.build(corpus, config, is_read_only=is_read_only)
    while True:
        try:
            progress = next(steps)
        except StopIteration as end:
            output.clear_status()
            index: CopyIndex = end.value
            return index
        left = "" if progress.remaining_seconds is None else f", {duration(progress.remaining_seconds)} left"
        output.status(f"Indexing the text, once: {progress.share:.0%}{left}")


def _report_record(report: CopyReport, corpus_id: str) -> dict[str, object]:
    return {
        "corpus": corpus_id,
        "longest": report.longest,
        "copied_share": report.copied_share,
        "gram": report.gram,
        "unit": report.unit,
        "shortest": report.shortest,
        "shortest_certain": report.shortest_certain,
        "is_complete": report.is_complete,
        "passages": [
            {"start": passage.start, "stop": passage.stop, "corpus_start": passage.corpus_start}
            for passage in report.passages
        ],
    }


def _tell_report(report: CopyReport, text: str, output: Output) -> None:
    share = "" if report.copied_share is None else (
        f" {report.copied_share:.1%} of its sequences of {report.gram} {report.unit} stand there, too."
    )  # fmt: skip
    output.text(f"The longest passage that stands in the text has {report.longest:,} characters.{share}")
    for passage in report.passages:
        shown = text[passage.start : passage.stop]
        if len(shown) > _SHOWN_CHARACTERS:
            shown = f"{shown[: _SHOWN_CHARACTERS // 2]} … {shown[-_SHOWN_CHARACTERS // 2 :]}"
        output.text(f"  at {passage.start:,}, {passage.length:,} characters: {shown!r}")
    if report.shortest_certain > report.shortest or not report.is_complete:
        output.note(
            f"Passages shorter than {report.shortest_certain:,} characters may have been missed: "
            "the text is too large for a whole index."
        )

