"""Where validation begins, as a window shows it: the place that training uses."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.corpus import CorpusConfig
from engine.errors import BadInput
from engine.library.corpora import CorpusFolder
from engine.text import cutting
from engine.text.cutting import validation_place
from engine.text.splits import split_corpus

TEXTS = st.text(st.sampled_from("ab \né日😀"), min_size=4, max_size=60)


def put(folder: Path, text: str, valid: str | None = None) -> Path:
    (folder / "text.utf8").write_text(text, encoding="utf-8", newline="")
    (folder / "valid.utf8").unlink(missing_ok=True)
    if valid is not None:
        (folder / "valid.utf8").write_text(valid, encoding="utf-8", newline="")
    return folder


@given(TEXTS, st.sampled_from(["char", "byte", "word"]), st.floats(0.001, 0.5), st.sampled_from([1, 3, 2**20]))
def test_the_place_is_the_one_that_a_run_uses(
    tmp_path_factory: pytest.TempPathFactory, text: str, tokens: str, share: float, chunk_bytes: int
):
    folder = put(tmp_path_factory.getbasetemp(), text)
    config = CorpusConfig(tokens=tokens, valid_share=share)
    valid = split_corpus(folder, config).valid
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "_CHUNK_BYTES", chunk_bytes)
        place = validation_place(folder, config)
    assert (place.path, place.start_byte, place.num_bytes) == (valid.path, valid.start, valid.num_bytes)
    assert place.num_characters == valid.num_characters
    assert place.start_character == len(text) - valid.num_characters
    assert CorpusFolder(folder).read_text_at(place.start_byte, 10**6) == text[place.start_character :]


def test_a_file_of_its_own_validates_from_its_beginning(tmp_path: Path):
    place = validation_place(put(tmp_path, "train words", "válid"), CorpusConfig())
    assert place.is_own_file
    assert (place.path.name, place.num_bytes, place.num_characters) == ("valid.utf8", 6, 5)
    assert not validation_place(put(tmp_path, "train words"), CorpusConfig()).is_own_file


def test_a_text_too_short_to_be_cut_is_one_sentence(tmp_path: Path):
    with pytest.raises(BadInput, match="at least 4 are needed"):
        validation_place(put(tmp_path, "abc"), CorpusConfig())


def test_what_a_window_needs_of_texts_loads_no_numpy(tmp_path: Path):
    put(tmp_path, "some words\n" * 50)
    program = f"""
import sys
from pathlib import Path
from engine.config.corpus import CorpusConfig
from engine.library.corpora import CorpusFolder
from engine.text.cutting import validation_place
from engine.text.sample_titles import sample_text, sample_titles
import engine.import_events, engine.event_records, engine.library.recipes, engine.library.writings
folder = Path({str(tmp_path)!r})
place = validation_place(folder, CorpusConfig())
CorpusFolder(folder).read_text_at(place.start_byte, 100)
[sample_text(title) for title in sample_titles()]
assert not {{"torch", "numpy"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
