"""Which passages of a text stand in a corpus: found as a loop over all of them finds them, and kept on the disk."""

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.analysis import passage_index
from engine.analysis.copying import CopyIndex, CopyReport, Progress, find_copied
from engine.analysis.passage_index import IndexedText, build_index
from engine.config.corpus import CorpusConfig
from engine.errors import StorageFailed
from engine.library.corpora import CorpusFolder
from engine.library.library import Library
from engine.library.locks import folder_lock
from engine.library.verify import verify

SPEECH = (
    "To be, or not to be, that is the question:\n"
    "Whether 'tis nobler in the mind to suffer\n"
    "The slings and arrows of outrageous fortune,\n"
    "Or to take arms against a sea of troubles\n"
    "And by opposing end them. To die\u2014to sleep, no more.\n"
)

NewCorpus = Callable[[str], CorpusFolder]


def finished(steps: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture
def new_corpus(library: Library) -> NewCorpus:
    def create(text: str, fingerprint: str = "1234") -> CorpusFolder:
        number = len(list(library.corpora_path.iterdir()))
        folder = CorpusFolder(library.corpora_path / f"text-{number}")
        folder.path.mkdir()
        folder.text_path.write_text(text, encoding="utf-8", newline="")
        folder.write_info({"title": "A text", "fingerprint": fingerprint})
        return folder

    return create


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text is one of those that are too long for a suffix array."""
    monkeypatch.setattr(passage_index, "MOST_SORTED_BYTES", -1)


def report(text: str, corpus: CorpusFolder, *arguments: Any, **named: Any) -> CopyReport:
    return find_copied(text, finished(CopyIndex.build(corpus)), *arguments, **named)


def index_files(corpus: CorpusFolder) -> list[Path]:
    return sorted(corpus.path.glob("copies-*"))


def test_a_copied_passage_is_told_with_its_place_in_the_text_and_in_the_corpus(new_corpus: NewCorpus):
    corpus = new_corpus(SPEECH)
    text = "He said: the slings and arrows of outrageous fortune, Or else"
    found = report(text, corpus)
    (passage,) = found.passages
    assert text[passage.start : passage.stop] == "he slings and arrows of outrageous fortune,"
    place = SPEECH.encode().index(b"he slings")
    assert (passage.corpus_start, passage.corpus_stop) == (place, place + passage.length)
    assert corpus.read_text_at(place, passage.length) == text[passage.start : passage.stop]
    assert passage.text_before.endswith("in the mind to suffer\nT")
    assert passage.text_after.startswith("\nOr to take arms against")
    assert found.longest == passage.length == 43
    assert found.copied_share == pytest.approx((43 - 30 + 1) / (len(text) - 30 + 1))
    assert (found.shortest, found.gram, found.shortest_certain, found.is_complete) == (30, 30, 1, True)


def test_a_new_text_has_no_copied_passage_and_a_share_of_zero(new_corpus: NewCorpus):
    found = report("Nothing of this was ever written by the man from Stratford.", new_corpus(SPEECH))
    assert found.passages == ()
    assert found.copied_share == 0
    assert 0 < found.longest < 15


def test_the_whole_corpus_is_one_passage_of_itself(new_corpus: NewCorpus):
    found = report(SPEECH, new_corpus(SPEECH))
    assert [(passage.start, passage.stop) for passage in found.passages] == [(0, len(SPEECH))]
    assert found.copied_share == 1
    assert found.passages[0].text_before == found.passages[0].text_after == ""


@pytest.mark.parametrize("text", ["", "To be", "To be, or not to be, that is"])
def test_a_text_shorter_than_a_passage_has_no_share(new_corpus: NewCorpus, text: str):
    found = report(text, new_corpus(SPEECH))
    assert (found.passages, found.copied_share, found.longest) == ((), None, len(text))


def test_a_passage_of_words_begins_and_ends_with_whole_words(new_corpus: NewCorpus):
    text = "xTo be or 'tis nobler in the mind to sufferings, and the sea of troubles"
    found = report(text, new_corpus(SPEECH), unit="words")
    assert [text[p.start : p.stop] for p in found.passages] == ["tis nobler in the mind to"]
    assert (found.shortest, found.gram) == (5, 5)
    words = re.findall(r"\w+", text)
    assert found.copied_share == pytest.approx(2 / (len(words) - 4))


def test_words_with_apostrophes_and_marks_of_scripts_without_spaces_are_words(new_corpus: NewCorpus):
    corpus = new_corpus("I don't know what you've done. \u6211\u4e0d\u77e5\u9053\u4f60")
    found = report("So I don't know what you've done!", corpus, unit="words")
    assert [(p.start, p.stop) for p in found.passages] == [(3, 32)]
    assert report("\u6211\u4e0d\u77e5\u9053\u4f60", corpus, unit="words").copied_share == 1


def test_positions_are_characters_and_never_lie_within_one(new_corpus: NewCorpus):
    # Both letters begin with the same byte: what is the same ends before it.
    corpus = new_corpus("\U0001f600\u00e9t\u00e9 \u2014 na\u00efve \u00e0")
    text = "\u00e9\u00e9t\u00e9 \u2014 na\u00efve \u00e9\U0001f601"
    found = report(text, corpus, 5)
    (passage,) = found.passages
    assert text[passage.start : passage.stop] == "\u00e9t\u00e9 \u2014 na\u00efve "
    assert corpus.read_text_at(passage.corpus_start, passage.corpus_stop - passage.corpus_start) == (
        "\u00e9t\u00e9 \u2014 na\u00efve "
    )
    assert (passage.text_before, passage.text_after) == ("\U0001f600", "\u00e0")


def test_half_a_character_in_a_text_is_no_failure(new_corpus: NewCorpus):
    assert report("To be, or \ud83d not to be, that is the question", new_corpus(SPEECH), 5).longest == 32


CHARACTERS = st.sampled_from(["a", "ab", "ab ", "a\u00e9\u00e8\u2014\u2013", "\U0001f600\U0001f601a"])


@st.composite
def texts_and_samples(draw: st.DrawFn) -> tuple[str, str]:
    alphabet = draw(CHARACTERS)
    some = st.text(st.sampled_from(alphabet), max_size=40)
    text = draw(some) * draw(st.sampled_from([1, 3])) + draw(some)
    sample = draw(some)
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(text)))
        sample += text[start : start + draw(st.integers(0, 60))] + draw(some)[:3]
    return text, sample


def passages_by_trying_all(text: str, sample: str, shortest: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start in range(len(sample)):
        stop = start
        while stop < len(sample) and text.find(sample[start : stop + 1]) >= 0:
            stop += 1
        if stop - start >= shortest and (not found or stop > found[-1][1]):
            found.append((start, stop))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts_and_samples(), st.integers(1, 12))
def test_passages_and_share_are_those_that_a_loop_over_all_passages_finds(
    new_corpus: NewCorpus, pair: tuple[str, str], shortest: int
):
    text, sample = pair
    corpus = new_corpus(text)
    index = finished(CopyIndex.build(corpus, is_read_only=True))
    found = find_copied(sample, index, shortest)
    assert [(p.start, p.stop) for p in found.passages] == passages_by_trying_all(text, sample, shortest)
    for passage in found.passages:
        num_bytes = passage.corpus_stop - passage.corpus_start
        assert corpus.read_text_at(passage.corpus_start, num_bytes) == sample[passage.start : passage.stop]
    grams = [sample[start : start + shortest] for start in range(len(sample) - shortest + 1)]
    share = sum(gram in text for gram in grams) / len(grams) if grams else None
    assert found.copied_share == (None if share is None else pytest.approx(share))
    lengths = [stop - start for start, stop in passages_by_trying_all(text, sample, 1)]
    assert found.longest == max(lengths, default=0)


@pytest.mark.usefixtures("sampled")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts_and_samples())
def test_a_sampled_index_misses_no_passage_of_the_length_it_names(new_corpus: NewCorpus, pair: tuple[str, str]):
    text, sample = pair
    index = finished(CopyIndex.build(new_corpus(text), is_read_only=True))
    assert index.shortest_certain == 30
    found = find_copied(sample, index, 10)
    assert found.gram == found.shortest_certain == 30
    wanted = passages_by_trying_all(text, sample, 30)
    assert [(p.start, p.stop) for p in found.passages if p.length >= 30] == wanted
    assert all(sample[p.start : p.stop] in text for p in found.passages)


def test_the_index_is_kept_beside_the_corpus_and_opened_again(new_corpus: NewCorpus, monkeypatch: pytest.MonkeyPatch):
    corpus = new_corpus(SPEECH)
    assert CopyIndex.open(corpus) is None
    steps = list(CopyIndex.build(corpus))
    assert all(isinstance(step, Progress) for step in steps)
    assert [path.suffix for path in index_files(corpus)] == [".bin", ".json"]
    monkeypatch.setattr(passage_index, "suffix_array", None)  # nothing is built any more
    assert list(CopyIndex.build(corpus)) == []
    index = CopyIndex.open(corpus)
    assert index is not None
    assert find_copied(SPEECH, index).copied_share == 1
    assert index.memory_bytes >= 5 * len(SPEECH.encode())


@pytest.mark.usefixtures("sampled")
def test_a_sampled_index_is_kept_and_opened_again(new_corpus: NewCorpus):
    corpus = new_corpus(SPEECH)
    list(CopyIndex.build(corpus))
    index = CopyIndex.open(corpus)
    assert index is not None
    assert index.shortest_certain == 30
    assert find_copied("It said: " + SPEECH[20:60], index).longest == 40


def damage_last_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [
        (".bin", damage_last_byte), (".bin", Path.unlink), (".bin", lambda path: path.write_bytes(b"")),
        (".bin", lambda path: path.write_bytes(path.read_bytes()[:-4])),
        (".json", damage_last_byte), (".json", Path.unlink), (".json", lambda path: path.write_text("[]")),
        (".json", lambda path: path.write_text(path.read_text().replace("1234", "1235"))),
        (".json", lambda path: path.write_text(path.read_text().replace('"sha256"', '"sha"'))),
    ],
)  # fmt: skip
def test_a_damaged_index_is_built_again(new_corpus: NewCorpus, suffix: str, damage: Callable[[Path], Any]):
    corpus = new_corpus(SPEECH)
    list(CopyIndex.build(corpus))
    whole = {path.name: path.read_bytes() for path in index_files(corpus)}
    damage(next(path for path in index_files(corpus) if path.suffix == suffix))
    assert CopyIndex.open(corpus) is None
    assert report(SPEECH[:50], corpus).longest == 50
    assert {path.name: path.read_bytes() for path in index_files(corpus)} == whole


def test_another_text_in_the_same_place_has_an_index_of_its_own(new_corpus: NewCorpus):
    corpus = new_corpus(SPEECH)
    list(CopyIndex.build(corpus))
    corpus.text_path.write_text(SPEECH.upper())
    corpus.write_info({"title": "A text", "fingerprint": "5678"})
    assert CopyIndex.open(corpus) is None
    assert report("THE SLINGS AND ARROWS OF OUTRAGEOUS FORTUNE", corpus).longest == 43


def test_only_what_a_run_trains_on_is_indexed(new_corpus: NewCorpus):
    corpus = new_corpus("a" * 50 + SPEECH[:40] + SPEECH[120:130])
    config = CorpusConfig(tokens="char", valid_share=0.5)
    index = finished(CopyIndex.build(corpus, config))
    assert index.source.part.stop == 50
    assert find_copied(SPEECH[:40], index).longest == 1
    assert report(SPEECH[:40], corpus).longest == 40
    assert len(index_files(corpus)) == 4
    corpus.valid_path.write_text(SPEECH)  # where validation has a text of its own, all of this one trains
    assert find_copied(SPEECH[:40], finished(CopyIndex.build(corpus, config))).longest == 40


def test_closing_the_build_leaves_nothing_behind(new_corpus: NewCorpus):
    corpus = new_corpus(SPEECH * 20)
    steps = CopyIndex.build(corpus)
    next(steps)
    steps.close()
    assert index_files(corpus) == []
    assert not list(corpus.path.glob(".textloom*"))


def test_a_library_that_may_not_be_written_has_its_index_in_memory(new_corpus: NewCorpus):
    corpus = new_corpus(SPEECH)
    index = finished(CopyIndex.build(corpus, is_read_only=True))
    assert find_copied(SPEECH, index).copied_share == 1
    assert index_files(corpus) == []


@pytest.mark.parametrize("writer", ["atomic_writer", "write_json"])
def test_a_disk_that_cannot_be_written_has_its_index_in_memory(
    new_corpus: NewCorpus, monkeypatch: pytest.MonkeyPatch, writer: str
):
    def refuse(*_: Any) -> None:
        raise StorageFailed("The disk is full.")

    corpus = new_corpus(SPEECH)
    with monkeypatch.context() as patch:
        patch.setattr(passage_index, writer, refuse)
        assert report(SPEECH, corpus).copied_share == 1
    assert CopyIndex.open(corpus) is None
    assert report(SPEECH, corpus).copied_share == 1
    assert CopyIndex.open(corpus) is not None


def test_a_corpus_that_somebody_else_holds_has_its_index_in_memory(new_corpus: NewCorpus):
    corpus = new_corpus(SPEECH)
    with folder_lock(corpus.path):
        assert report(SPEECH, corpus).copied_share == 1
    assert index_files(corpus) == []


def test_a_check_of_the_library_knows_an_index_and_sets_a_damaged_one_aside(library: Library, new_corpus: NewCorpus):
    corpus = new_corpus(SPEECH)
    list(CopyIndex.build(corpus))
    assert [finding.kind for finding in verify(library)] == ["checked"]
    damage_last_byte(index_files(corpus)[0])
    assert [finding.kind for finding in verify(library)] == ["quarantined", "quarantined", "checked"]
    assert index_files(corpus) == []
    assert report(SPEECH, corpus).copied_share == 1


def test_an_empty_text_can_be_indexed(new_corpus: NewCorpus):
    assert report(SPEECH, new_corpus("")).longest == 0


def test_the_memory_of_building_is_stated_before(new_corpus: NewCorpus):
    corpus = new_corpus(SPEECH)
    source = IndexedText.of(corpus)
    assert source.building_bytes == 14 * len(SPEECH.encode()) + 60_000_000
    assert finished(build_index(source)).memory_bytes <= source.building_bytes


def test_progress_tells_its_share_and_what_time_is_left(new_corpus: NewCorpus):
    steps = list(CopyIndex.build(new_corpus("".join(f"{n} bottles of beer on the wall.\n" for n in range(60_000)))))
    assert [step.share for step in steps] == sorted(step.share for step in steps)
    assert steps[-1].share == 1
    assert steps[-1].remaining_seconds == 0
    assert all(step.remaining_seconds is None or step.remaining_seconds >= 0 for step in steps)
