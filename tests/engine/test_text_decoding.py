"""How the bytes of a plain text become characters."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.import_events import ProblemFound
from engine.library.library import Library
from engine.text import decoding
from engine.text.decoding import Decision
from engine.text.identifying import Identified, identify, reopened
from engine.text.importing import import_texts
from engine.text.sources import find_texts


def identified(path: Path, encoding: str | None = None) -> Identified:
    looks = identify(find_texts([path]).sources[0], encoding)
    while True:
        try:
            next(looks)
        except StopIteration as end:
            return end.value


@pytest.fixture
def decode(tmp_path):
    """Text and decision for the bytes of a file."""

    def decode_bytes(data: bytes, encoding: str | None = None) -> tuple[str, Decision]:
        (tmp_path / "a.txt").write_bytes(data)
        known = identified(tmp_path / "a.txt", encoding)
        with reopened(known) as file:
            pieces = decoding.decoded(file, known.size, "a.txt", known.decision)
            return "".join(text for _, text in pieces), known.decision

    return decode_bytes


GERMAN = "Über die Straße führt der Weg. Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.\n" * 20
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю. Широкая электрификация южных губерний.\n" * 20
JAPANESE = "いろはにほへと ちりぬるを わかよたれそ つねならむ。吾輩は猫である。名前はまだ無い。\n" * 20
EMOJI = "Not in the first plane: 😀🎉 and 𝔘𝔫𝔦.\n" * 5


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, JAPANESE, EMOJI, "plain ASCII\n"])
def test_utf_8_is_decided_by_being_valid(decode, text):
    decoded, decision = decode(text.encode())
    assert decoded == text
    assert (decision.encoding, decision.how, decision.candidates) == ("utf-8", "strict UTF-8", ())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [GERMAN, JAPANESE, EMOJI])
def test_a_text_with_a_byte_order_mark_loses_only_its_mark(decode, encoding, text):
    data = text.encode(encoding)
    data = data if encoding == "utf-8-sig" else "\ufeff".encode(encoding) + data
    decoded, decision = decode(data)
    assert decoded == text
    assert decision.how == "byte order mark"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, JAPANESE, "ASCII in wide units, which is valid UTF-8 with NULs.\n"])
def test_wide_encodings_without_a_mark_are_found_by_their_nuls(decode, encoding, text):
    decoded, decision = decode(text.encode(encoding))
    assert decoded == text
    assert (decision.encoding, decision.how) == (encoding, "NUL pattern")


def test_a_few_nuls_in_a_text_do_not_make_it_wide(decode):
    text = "words and\0 more words\n" * 50
    decoded, decision = decode(text.encode())
    assert decoded == text
    assert decision.encoding == "utf-8"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        ("Zażółć gęślą jaźń. Pchnąć w tę łódź jeża lub ośm skrzyń fig. Świętość śniegu.\n" * 20, "cp1250"),
    ],
)
def test_an_encoding_without_a_rule_is_guessed_and_the_guess_is_told_with_rivals(decode, text, encoding):
    decoded, decision = decode(text.encode(encoding))
    assert decoded == text
    assert decision.how == "guess"
    assert decision.candidates[0].encoding == decision.encoding
    shown = {tuple(line.text for line in candidate.lines) for candidate in decision.candidates}
    assert len(shown) == len(decision.candidates) > 1  # every rival differs in some line that is shown
    assert decision.candidates[0].lines[0].text in text
    assert decision.candidates[0].lines[0].line == 1


def test_japanese_in_ascii_bytes_is_not_taken_for_ascii_in_silence(decode):
    decoded, decision = decode(("plain\n" + JAPANESE).encode("iso2022_jp"))
    assert decoded == "plain\n" + JAPANESE
    assert decision.how == "guess"
    assert [candidate.encoding for candidate in decision.candidates] == ["iso2022_jp", "utf-8"]
    assert decision.candidates[0].lines[0].line == 2


def test_the_excerpt_of_a_long_line_shows_where_the_candidates_differ(decode):
    text = "plain words " * 60 + "Grüße und Äpfel " + "plain words " * 60 + "\n"
    _, decision = decode((text * 3).encode("cp1252"))
    assert "Gr\u00fc\u00dfe" in decision.candidates[0].lines[0].text
    assert all("Gr\u00fc\u00dfe" not in rival.lines[0].text for rival in decision.candidates[1:])


def test_lines_of_a_guess_carry_their_numbers_in_the_file(decode):
    text = "plain line\n" * 70_000 + "Grüße aus Köln, schöne Äpfel\n" + "plain\n" * 10
    _, decision = decode(text.encode("cp1252"))
    assert decision.candidates[0].lines[0].line == 70_001


def test_the_wrong_byte_at_the_very_end_of_a_long_text_is_not_overlooked(decode):
    text = "A plain line, again and again.\n" * 100_000 + "Grüße\n"
    decoded, decision = decode(text.encode("cp1252"))
    assert decision.how == "guess"
    assert decoded.endswith("Grüße\n")


def test_a_candidate_that_breaks_later_gives_way_to_the_next(decode):
    data = GERMAN.encode("cp1252") * 600 + b"\x81\n"  # 0x81 is free in Windows-1252
    decoded, decision = decode(data)
    assert decision.how == "guess"
    assert decision.encoding != "cp1252"
    assert decoded == data.decode(decision.encoding)


def test_utf_8_with_a_damaged_place_stays_utf_8_and_is_told_as_a_guess(decode):
    decoded, decision = decode(JAPANESE.encode() + b"\xff\n" + RUSSIAN.encode())
    assert decoded == JAPANESE + "\ufffd\n" + RUSSIAN
    assert (decision.how, decision.encoding, decision.errors) == ("guess", "utf-8", "replace")


@pytest.mark.parametrize(
    ("data", "at"),
    [
        (b"good " + b"\xed\xa0\x80 bad", 5),
        ("😀 ".encode() + b"\xed\xb0\x80", 5),
        (b"\xed\xa0\xbd\xed\xb8\x80 an emoji as two halves", 0),
    ],
)
def test_lone_surrogates_are_refused_with_their_place(decode, data, at):
    with pytest.raises(BadInput, match=rf"a lone surrogate\) at byte {at}\b"):
        decode(data)


def test_a_lone_surrogate_in_utf_16_is_refused_with_its_place(decode):
    with pytest.raises(BadInput, match="byte 6 "):
        decode(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x00\xd8" + "cd".encode("utf-16-le"))


def test_the_chosen_encoding_overrides_every_rule(decode):
    decoded, decision = decode("ü".encode(), "latin-1")
    assert decoded == "Ã¼"
    assert decision.how == "chosen"


def test_a_mark_of_the_chosen_encoding_is_dropped_and_other_bytes_are_kept(decode):
    assert decode("\ufeffü".encode(), "utf-8")[0] == "ü"
    assert decode(codecs.BOM_UTF16_BE + "ü".encode("utf-16-be"), "utf-16")[0] == "ü"
    assert decode("ü".encode("utf-16-le"), "utf-16")[0] == "ü"
    assert decode(codecs.BOM_UTF8 + b"a", "cp1252")[0] == "ï»¿a"


@pytest.mark.parametrize(
    ("data", "encoding", "at"),
    [
        (b"abc\xff", "utf-8", 3),
        (b"a" * decoding.CHUNK_BYTES + b"b\x81c", "cp1252", decoding.CHUNK_BYTES + 1),
        ("é".encode() * 2**19 + b"x\xc3", "utf-8", 2**20 + 1),
        (b"a" * (decoding.CHUNK_BYTES - 1) + b"\xe3\x81", "utf-8", decoding.CHUNK_BYTES - 1),
        (b"\x82" + b"\xa0\x82" * 2**19 + b"\x01", "shift_jis", 2**20 + 0),
        (b"abc", "utf-16-le", 2),
    ],
)
def test_what_does_not_fit_the_chosen_encoding_is_refused_with_its_byte(decode, data, encoding, at):
    with pytest.raises(BadInput, match=rf"byte {at:,}\b"):
        decode(data, encoding)


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "hex", "unicode_escape", "utf-7", "idna", "", "a\0b"])
def test_a_name_that_is_no_encoding_of_texts_is_refused(decode, encoding):
    with pytest.raises(BadInput, match="encoding"):
        decode(b"abc", encoding)


@settings(max_examples=60, deadline=None)
@given(text=st.text(min_size=1, max_size=60), chunk=st.integers(1, 9), encoding=st.sampled_from(["utf-8", "utf-16-le"]))
def test_pieces_of_any_size_decode_to_the_same_text(tmp_path_factory, text, chunk, encoding):
    path = tmp_path_factory.mktemp("d") / "a.txt"
    path.write_bytes(text.encode(encoding))
    with path.open("rb", buffering=0) as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "CHUNK_BYTES", chunk)
        decision = Decision(encoding=encoding, how="chosen")
        pieces = decoding.decoded(file, path.stat().st_size, "a.txt", decision)
        assert "".join(piece for _, piece in pieces) == text


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=40), chunk=st.integers(1, 9))
def test_the_check_of_utf_8_finds_the_first_wrong_byte_that_python_finds(data, chunk):
    check = decoding.Utf8Check()
    for start in range(0, len(data), chunk):
        check.feed(data[start : start + chunk])
    check.feed(b"", is_last=True)
    try:
        data.decode("utf-8")
        expected = None
    except UnicodeDecodeError as error:
        expected = error.start
    assert check.fails_at == expected


def test_a_guess_is_told_with_a_line_in_which_the_next_candidate_differs(tmp_path):
    path = tmp_path / "old.txt"
    path.write_bytes("Ein schöner Tag für Käse und Brötchen, müde Füße.\n".encode("cp1252") * 20)
    events = list(import_texts(find_texts([path]), Library.open(tmp_path / "library")))
    told = [event.problem for event in events if isinstance(event, ProblemFound)]
    assert len(told) == 1
    assert not told[0].is_refused
    assert "says nothing of its encoding" in told[0].reason.text
    assert "schöner" in told[0].reason.text
