"""From texts to a trained model and its writing, by command."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.cli.parser import COMMANDS
from engine.events import RunEvent

Command = Callable[..., Any]
Events = list[dict[str, Any]]

RUN_EVENTS = {kind.__name__ for kind in RunEvent.__args__}


def started(events: Events) -> dict[str, Any]:
    return next(event for event in events if event["event"] == "RunStarted")


def test_an_import_ends_with_its_report(command: Command, place: Path, empty: Path) -> None:
    result = command("--library", empty, "--json", "import", place / "bottles of beer.txt", "--name", "Beer")
    assert result.code == 0
    record = result.record
    assert (record["event"], record["title"], record["is_new"]) == ("CorpusImported", "Beer", True)
    counts = record["report"]["counts"]
    text = (place / "bottles of beer.txt").read_text(encoding="utf-8")
    assert counts["bytes"] == len(text.encode())
    assert counts["characters"] == len(text)
    assert counts["character_kinds"] == len(set(text))
    assert {value["name"] for value in record["report"]["references"]["values"]} == {
        "uniform", "frequency", "pair", "xz"
    }  # fmt: skip
    again = command("import", "--json", place / "bottles of beer.txt", "--library", empty)
    assert (again.record["corpus"], again.record["is_new"]) == (record["corpus"], False)


def test_a_report_is_also_told_in_words(command: Command, place: Path, empty: Path) -> None:
    result = command("import", place / "bottles of beer.txt", "--library", empty)
    assert result.code == 0
    assert result.out.startswith("bottles of beer (bottles-of-beer-")
    assert "Nothing changed." in result.out
    assert "uniform" in result.out


def test_several_files_make_one_corpus_or_one_each(command: Command, tmp_path: Path, empty: Path) -> None:
    for name in ("one.txt", "two.md"):
        (tmp_path / name).write_text(f"The file {name} has some words.\n", encoding="utf-8")
    (tmp_path / "three.txt").write_bytes(b"")
    files = [tmp_path / name for name in ("one.txt", "two.md", "three.txt")]
    result = command("import", *files, "--json", "--library", empty)
    assert result.code == 0
    problem, joined = result.records
    assert (problem["event"], problem["name"]) == ("ProblemFound", "three.txt")
    assert joined["report"]["counts"]["characters"] == 33 + 1 + 32
    each = command("import", *files[:2], "--one-each", "--json", "--library", empty)
    assert [record["title"] for record in each.records] == ["one", "two"]


def test_texts_for_validation_and_test_stand_apart(command: Command, tmp_path: Path, empty: Path) -> None:
    texts = {"text": "To train on. ", "valid": "To validate on. ", "test": "To test on. "}
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text * 30, encoding="utf-8")
    result = command(
        "import", tmp_path / "text.txt", "--valid", tmp_path / "valid.txt", "--test", tmp_path / "test.txt",
        "--json", "--library", empty,
    )  # fmt: skip
    folder = empty / "corpora" / result.record["corpus"]
    assert {name: (folder / f"{name}.utf8").read_text(encoding="utf-8") for name in texts} == {
        name: text * 30 for name, text in texts.items()
    }


def test_cleaning_is_chosen_by_set(command: Command, tmp_path: Path, empty: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"One\r\nTWO\r\nthree\r\n")
    result = command(
        "import", tmp_path / "a.txt", "--set", "corpus.lower_case=true", "--set", "corpus.newlines=keep",
        "--json", "--library", empty,
    )  # fmt: skip
    (text,) = empty.glob("corpora/*/text.utf8")
    assert text.read_bytes() == b"one\r\ntwo\r\nthree\r\n"
    assert [change["kind"] for change in result.record["report"]["changes"]] == ["capital letters made small"]


def test_the_events_of_a_run_are_a_closed_set_and_end_with_its_outcome(trained: Events, run_id: str) -> None:
    names = [event["event"] for event in trained]
    assert set(names) <= RUN_EVENTS
    assert names.index("RunStarted") < names.index("PlanFixed") < names.index("StepCompleted")
    assert names[-1] == "RunEnded"
    assert names.count("RunEnded") == 1
    ended = trained[-1]
    assert (ended["outcome"], ended["step"], ended["run"]) == ("completed", 30, run_id)
    assert 0 < ended["best_valid_loss_nats"] < 4


def test_evaluating_the_validation_text_gives_the_run_s_own_figure_as_one_stream(
    command: Command, trained: Events, run_id: str, place: Path, library: Path
) -> None:
    result = command("evaluate", run_id, place / "valid.txt", "--json", "--library", library)
    text = (place / "valid.txt").read_text(encoding="utf-8")
    record = result.record
    assert list(record) == ["tokens", "characters", "loss_nats", "perplexity", "bits_per_character", "unknown_share"]
    assert record["loss_nats"] == pytest.approx(trained[-1]["full_valid_loss_nats"], rel=1e-6)
    assert record["tokens"] == record["characters"] == len(text)
    assert record["perplexity"] == pytest.approx(math.exp(record["loss_nats"]))
    assert record["bits_per_character"] == pytest.approx(record["loss_nats"] / math.log(2))
    assert record["unknown_share"] == 0


def test_a_sample_is_the_prompt_and_exactly_so_many_further_tokens(
    command: Command, run_id: str, library: Path
) -> None:
    arguments = ("sample", run_id, "--prompt", "12 bottles", "--length", 40, "--library", library)
    plain = command(*arguments)
    assert plain.code == 0
    assert plain.out.startswith("12 bottles")
    assert len(plain.out) == len("12 bottles") + 40
    assert plain.err == ""
    assert command(*arguments, "--json").record["text"] == plain.out
    assert command(*arguments, "--seed", 2).out != plain.out
    assert command(*arguments, "--temperature", 0, "--seed", 2).out == command(*arguments, "--temperature", 0).out
    assert command("sample", run_id, "--prompt", "12 bottles", "--length", 0, "--library", library).out == "12 bottles"


def test_several_samples_differ_and_nothing_stands_between_them(command: Command, run_id: str, library: Path) -> None:
    arguments = ("sample", run_id, "--prompt", "A", "--length", 30, "--count", 3, "--library", library)
    records = command(*arguments, "--json").records
    assert [len(record["text"]) for record in records] == [31, 31, 31]
    assert len({record["text"] for record in records}) == 3
    plain = command(*arguments)
    assert plain.out == "".join(record["text"] for record in records)
    assert plain.err.count("--- sample") == 3
    assert "does not know 'A'" in plain.err


def test_a_sample_is_written_as_the_recipe_says_where_the_command_says_nothing(
    command: Command, place: Path, recipe: Path, empty: Path
) -> None:
    chosen = {"prompt": "beer", "length": 12, "temperature": 0, "seed": 7}
    settings = [part for name, value in chosen.items() for part in ("--set", f"sampling.{name}={value}")]
    text = place / "bottles of beer.txt"
    events = command("train", text, "--config", recipe, "--steps", 3, *settings, "--json", "--library", empty).records
    run = events[-1]["run"]
    written = command("sample", run, "--json", "--library", empty).record
    given = [part for name, value in chosen.items() for part in (f"--{name}", value)]
    assert written == command("sample", run, *given, "--json", "--library", empty).record
    assert (len(written["text"]), written["seed"]) == (len("beer") + 12, 7)
    assert len(command("sample", run, "--length", 3, "--library", empty).out) == len("beer") + 3


def test_a_sample_ends_before_its_stop_string(command: Command, run_id: str, library: Path) -> None:
    arguments = ("sample", run_id, "--length", 300, "--library", library)
    whole = command(*arguments).out
    assert command(*arguments, "--stop", " ").out == whole.split(" ")[0]


def test_an_exported_model_writes_and_measures_as_its_run_does(
    command: Command, run_id: str, library: Path, place: Path, tmp_path: Path
) -> None:
    file = tmp_path / "a model ü.textloom"
    result = command("export", run_id, file, "--json", "--library", library)
    assert result.record == {"file": str(file), "bytes": file.stat().st_size}
    before = file.read_bytes()
    again = command("export", run_id, file, "--library", library)
    assert (again.code, again.err) == (2, f"{file} exists already. Choose another name, or remove it first.\n")
    assert file.read_bytes() == before
    elsewhere = ("--length", 50, "--library", tmp_path / "other")
    assert command("sample", file, *elsewhere).out == command(
        "sample", run_id, "--length", 50, "--library", library
    ).out  # fmt: skip
    evaluated = [
        command("evaluate", model, place / "valid.txt", "--json", "--library", library).record
        for model in (file, run_id)
    ]
    assert evaluated[0] == evaluated[1]
    assert not (tmp_path / "other").exists()


def test_a_complete_run_says_so_and_a_duration_adds_more(
    command: Command, place: Path, recipe: Path, empty: Path
) -> None:
    text = place / "bottles of beer.txt"
    first = command("train", text, "--config", recipe, "--steps", 7, "--json", "--library", empty).records
    run = first[-1]["run"]
    told = command("resume", run, "--library", empty)
    assert told.code == 0
    assert "is complete" in told.out
    as_record = command("resume", run, "--json", "--library", empty)
    assert as_record.code == 0
    ended, again = (
        {name: value for name, value in record.items() if name not in ("seconds", "reason_template", "reason_values")}
        for record in (first[-1], as_record.record)
    )
    assert again == ended
    more = command("resume", run, "--steps", 5, "--json", "--library", empty)
    assert more.code == 0
    assert started(more.records)["step"] == 7
    assert more.records[-1]["step"] == 12
    epochs = command("resume", "bottles of beer", "--epochs", 0.1, "--json", "--library", empty)
    assert epochs.records[-1]["step"] > 12


def test_a_run_without_a_checkpoint_begins_at_step_0(command: Command, place: Path, recipe: Path, empty: Path) -> None:
    text = place / "bottles of beer.txt"
    run = command("train", text, "--config", recipe, "--json", "--library", empty).records[-1]["run"]
    folder = empty / "runs" / run
    for path in [*folder.glob("checkpoints/*"), folder / "latest", folder / "best", folder / "metrics.jsonl"]:
        path.unlink(missing_ok=True)
    info = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "run.json").write_text(json.dumps({**info, "outcome": "", "best": {}, "step": 0}), encoding="utf-8")
    refused = command("sample", run, "--library", empty)
    assert refused.code == 2
    assert "has saved nothing yet" in refused.err
    resumed = command("resume", run, "--json", "--library", empty)
    assert resumed.code == 0
    assert started(resumed.records)["step"] == 0
    assert resumed.records[-1]["step"] == 30


@pytest.mark.parametrize(("tokens", "extra"), [("byte", []), ("word", ["--set", "corpus.min_count=2"])])
def test_bytes_and_words_are_trained_sampled_and_measured(
    command: Command, recipe: Path, tmp_path: Path, empty: Path, tokens: str, extra: list[str]
) -> None:
    (tmp_path / "übung.txt").write_text(
        "".join(f"Die Tür {n % 7} steht offen.\n" for n in range(200)), encoding="utf-8"
    )
    chosen = ("--config", recipe, "--steps", 5, "--set", f"corpus.tokens={tokens}", *extra)
    events = command("train", tmp_path / "übung.txt", *chosen, "--json", "--library", empty).records
    ended = events[-1]
    assert ended["outcome"] == "completed"
    assert (ended["best_valid_bits_per_character"] is None) == (tokens == "word")
    sampled = command("sample", ended["run"], "--prompt", "Die Tür", "--length", 20, "--library", empty)
    assert sampled.code == 0
    assert sampled.out.startswith("Die Tür")
    (tmp_path / "new.txt").write_text("Die Katze steht offen.\n", encoding="utf-8")
    measured = command("evaluate", ended["run"], tmp_path / "new.txt", "--json", "--library", empty).record
    assert (measured["bits_per_character"] is None) == (tokens == "word")
    assert (measured["unknown_share"] > 0) == (tokens == "word")
    assert measured["characters"] == 23
    if tokens == "byte":
        assert measured["tokens"] == 23


def test_the_library_and_json_may_stand_before_or_after_the_command(
    command: Command, run_id: str, library: Path
) -> None:
    ways = [
        ("--library", library, "--json", "list"),
        (f"--library={library}", "list", "--json"),
        ("list", "--json", "--library", library),
        ("--json", "list", f"--library={library}"),
    ]
    outputs = {command(*way).out for way in ways}
    assert len(outputs) == 1
    assert run_id in outputs.pop()


def test_texts_and_runs_are_listed(command: Command, trained: Events, run_id: str, library: Path) -> None:
    records = command("list", "--json", "--library", library).records
    run = next(record for record in records if record["id"] == run_id)
    assert (run["kind"], run["title"], run["outcome"], run["step"]) == ("run", "Bottles", "completed", 30)
    assert run["best_valid_loss_nats"] == trained[-1]["best_valid_loss_nats"]
    assert any(record["kind"] == "corpus" and record["title"] == "train" for record in records)
    assert f"{run_id} " in command("list", "--library", library).out


def test_presets_are_listed(command: Command, empty: Path) -> None:
    names = [record["name"] for record in command("presets", "--json", "--library", empty).records]
    assert names[0] == "auto"
    assert {"quick", "balanced", "char-rnn", "zaremba-small", "zaremba-medium", "zaremba-large"} <= set(names)
    assert not empty.exists()


def test_a_person_s_own_library_that_is_not_there_yet_is_empty(
    command: Command, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.cli import place

    monkeypatch.setattr(place, "default_path", lambda: empty)
    listed = command("list")
    assert (listed.code, listed.out) == (
        0, f'The library {empty} is empty. Begin with: textloom train "Python manual"\n'
    )  # fmt: skip
    assert command("list", "--json").records == []
    sampled = command("sample", "nothing")
    assert (sampled.code, sampled.err) == (2, listed.out)
    assert not empty.exists()


def test_what_an_event_means_is_told_in_plain_words(
    library: Path, capsys: pytest.CaptureFixture[str], trained: Events
) -> None:
    from engine.cli.output import Output
    from engine.cli.training import EventPrinter
    from engine.errors import message
    from engine.event_records import event_from_record
    from engine.events import Rewound, RunEnded
    from engine.library.library import Library

    printer = EventPrinter(Output(is_json=False), Library(library))
    printer.show(Rewound(step=1500, to_step=1400, learning_rate_factor=0.25, attempt=2))
    last = event_from_record(trained[-1])
    assert isinstance(last, RunEnded)
    printer.show(replace(last, reason=message("Done."), best_test_loss_nats=1.5))
    told = capsys.readouterr().err.splitlines()
    assert told[0] == (
        "step 1,500: the training went out of control; it went back to step 1,400 at half the learning rate"
    )
    assert told[-1] == "On the test text: 1.5000 nats per token."


def test_a_sound_library_is_verified_and_a_damaged_one_is_not(
    command: Command, place: Path, recipe: Path, empty: Path
) -> None:
    text = place / "bottles of beer.txt"
    command("train", text, "--config", recipe, "--steps", 2, "--library", empty)
    sound = command("verify", "--json", "--library", empty)
    assert sound.code == 0
    assert [record["kind"] for record in sound.records] == ["checked"]
    (corpus,) = empty.glob("corpora/*/text.utf8")
    corpus.write_bytes(corpus.read_bytes().replace(b"beer", b"wine"))
    damaged = command("verify", "--json", "--library", empty)
    assert damaged.code == 1
    assert "damaged" in {record["kind"] for record in damaged.records}


def test_training_by_the_text_alone_ends_with_a_sample_and_the_run_s_name(
    command: Command, place: Path, empty: Path
) -> None:
    result = command("train", place / "bottles of beer.txt", "--minutes", "0.05", "--library", empty)
    assert result.code == 0, result.err
    assert "Auto chose" in result.err
    assert "--- what it writes after" in result.err
    (run,) = (path.name for path in (empty / "runs").iterdir())
    assert result.out.splitlines()[0] == f"Run {run}."
    assert f"textloom sample {run} --library" in result.out


def test_a_name_of_the_library_trains_without_its_file(
    command: Command, recipe: Path, library: Path, trained: Events
) -> None:
    result = command("train", "train", "--config", recipe, "--steps", 2, "--json", "--library", library)
    assert result.code == 0
    assert started(result.records)["corpus"] == started(trained)["corpus"]
    refused = command("train", "train", "--set", "corpus.lower_case=true", "--library", library)
    assert refused.code == 2
    assert "does not change any more" in refused.err


def test_the_number_of_threads_is_that_of_the_recipe(command: Command, place: Path, recipe: Path, empty: Path) -> None:
    events = command(
        "train", place / "bottles of beer.txt", "--config", recipe, "--steps", 2, "--set", "training.num_threads=1",
        "--json", "--library", empty,
    ).records  # fmt: skip
    assert started(events)["num_threads"] == 1


def test_without_a_command_the_commands_are_named(command: Command) -> None:
    result = command()
    assert result.code == 0
    assert all(name in result.out for name in COMMANDS)


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    from engine.cli.main import run

    for arguments in ([], *([name] for name in COMMANDS)):
        with pytest.raises(SystemExit) as ended:
            run([*arguments, "--help"])
        assert ended.value.code == 0
        shown = capsys.readouterr().out
        assert shown.startswith(" ".join(["usage: textloom", *arguments]))
        assert max(map(len, shown.splitlines())) <= 100


def test_the_help_of_training_tells_of_every_setting_of_every_family() -> None:
    from engine.cli.setting_help import training_help
    from engine.config.corpus import CleaningConfig, CorpusConfig
    from engine.config.model import CELLS
    from engine.config.optimizer import OPTIMIZERS, SCHEDULES
    from engine.config.options import options_of
    from engine.config.sampling import SamplingConfig
    from engine.config.training import TrainingConfig

    sections = {
        "corpus": [CorpusConfig, CleaningConfig],
        "model": [*CELLS.values()],
        "training": [TrainingConfig, *OPTIMIZERS.values(), *SCHEDULES.values()],
        "sampling": [SamplingConfig],
    }
    text = " ".join(training_help().split())
    for section, classes in sections.items():
        for declared in classes:
            for name, option in options_of(declared).items():
                assert f" {section}.{name} " in text
                assert option.help in text
                assert ", ".join(option.choices) in text
    assert "(tanh, sigmoid, relu; default tanh)" in text
    assert "training.beta2 Only with optimizer adam or adamw." in text
    assert "(0 to 0.99999; default 0.999, with adamw 0.99)" in text
    assert "(1 to 8,192 units; default 384)" in text


@pytest.mark.parametrize(
    "arguments", [["list"], ["presets"], ["import", "FILE"], ["sample", "RUN", "--length", "5"], ["verify"]]
)
def test_what_needs_no_torch_does_not_load_it(
    arguments: list[str], place: Path, run_id: str, library: Path, tmp_path: Path
) -> None:
    named = {"FILE": str(place / "bottles of beer.txt"), "RUN": run_id}
    where = str(tmp_path / "library" if arguments[0] == "import" else library)
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from engine.cli.main import run\n"
        f"sys.exit(run({[named.get(word, word) for word in arguments] + ['--library', where]!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_the_program_runs_from_any_folder_and_writes_utf_8(program: Command, tmp_path: Path) -> None:
    (tmp_path / "ты.txt").write_text("Ты и я. " * 20, encoding="utf-8")
    result = program("import", "ты.txt", "--json", "--library", "lib ñ", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert result.record["title"] == "ты"
    assert (tmp_path / "lib ñ" / "library.json").is_file()


def test_the_program_trains_and_keeps_standard_output_clean(
    program: Command, place: Path, recipe: Path, empty: Path
) -> None:
    result = program("train", "bottles of beer.txt", "--config", recipe, "--json", "--library", empty, cwd=place)
    assert result.code == 0, result.err
    assert {event["event"] for event in result.records} <= RUN_EVENTS
    assert result.records[-1]["event"] == "RunEnded"
    assert result.err == ""
