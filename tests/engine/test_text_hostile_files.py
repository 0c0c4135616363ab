"""Files that are broken, protected, or made to do harm: one sentence each, and nothing else happens."""

import importlib.util
import io
import os
import socket
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from engine.errors import BadInput
from engine.text.reading import read_text_file
from engine.text.sources import find_texts

_spec = importlib.util.spec_from_file_location("document_files", Path(__file__).with_name("document_files.py"))
assert _spec is not None
assert _spec.loader is not None
files = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(files)


@pytest.fixture
def refusal(tmp_path):
    def refuse(name: str, data: bytes) -> str:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BadInput) as error:
            read_text_file(tmp_path / name)
        return str(error.value)

    return refuse


def text_or_sentence(path: Path) -> str:
    try:
        return read_text_file(path)[0]
    except BadInput as error:
        return str(error)


def test_an_empty_file_is_refused(refusal):
    assert refusal("a.txt", b"") == "a.txt is empty."


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + bytes(50), b"\x7fELF" + bytes(50), bytes(range(256)) * 50])
def test_a_binary_file_is_refused(refusal, data):
    assert "not a text" in refusal("a.txt", data)


def test_random_bytes_are_refused_as_binary(refusal):
    import random

    assert "binary" in refusal("a.txt", random.Random(1).randbytes(10_000))


@pytest.mark.parametrize("name", ["a.docx", "a.xyz"])
def test_a_document_encrypted_by_office_is_refused_by_its_password(refusal, name):
    assert "protected by a password" in refusal(name, files.locked_docx())


def test_an_old_word_document_is_refused_with_a_way_out(refusal):
    assert "Save it as .docx" in refusal("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


def test_a_pdf_with_a_password_is_refused(refusal):
    assert "protected by a password" in refusal("a.pdf", files.locked_pdf("secret"))


def test_a_pdf_locked_with_a_cipher_that_cannot_be_read_here_is_refused_by_its_password(refusal):
    encryption = (
        f"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <{'00' * 48}> /U <{'00' * 48}> "
        f"/OE <{'00' * 32}> /UE <{'00' * 32}> /Perms <{'00' * 16}> /StmF /StdCF /StrF /StdCF "
        "/CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> >> /ID [<00> <00>] "
    )
    data = files.pdf([["Secret words."]]).replace(b"trailer << ", b"trailer << " + encryption.encode())
    assert "protected by a password" in refusal("a.pdf", data)


def test_a_page_of_many_comments_is_recognised_at_once(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"<!---->" * 500 + b"words")
    started = time.process_time()
    assert read_text_file(tmp_path / "a.txt")[0].endswith("words")
    assert time.process_time() - started < 2  # the number of ways to divide the comments doubles with each


def test_markup_that_the_parser_rejects_is_refused_as_damaged(tmp_path, refusal):
    markup = "<p>x</p><![foo[ bar ]]>"
    assert "damaged" in refusal("a.html", f"<html>{markup}".encode())
    assert "damaged" in refusal("a.epub", files.epub({"c": markup}, ['idref="c"']))
    (tmp_path / "b.txt").write_text("Some words.")
    assert len(find_texts([tmp_path]).sources) == 3


def test_a_page_of_more_tags_than_fit_into_memory_is_refused(refusal, monkeypatch):
    monkeypatch.setattr("engine.text.readers.html.MAX_TAGS", 100)
    assert "more than 100 tags" in refusal("a.html", b"<html>" + b"<b>x" * 100)
    assert "more than 100 tags" in refusal("a.epub", files.epub({"c": "<br/>" * 100}, ['idref="c"']))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", files.docx(files.docx_paragraph("word " * 1_000))),
        ("a.odt", files.odt('<text:p>a<text:s text:c="1000"/>' + '<text:s text:c="1000"/>' * 4 + "</text:p>")),
        ("a.docx", files.docx("<w:tbl><w:tr>" + "<w:tc/>" * 1_000 + "</w:tr></w:tbl>")),
    ],
)
def test_one_paragraph_or_row_of_endless_text_is_refused_before_it_ends(refusal, monkeypatch, name, data):
    monkeypatch.setattr("engine.text.readers.paragraphs.MAX_CHARACTERS", 4_000)
    assert "more text than a document can have" in refusal(name, data)


def test_a_pdf_that_only_restricts_printing_is_read(tmp_path):
    (tmp_path / "a.pdf").write_bytes(files.locked_pdf(""))
    assert read_text_file(tmp_path / "a.pdf")[0] == "Secret words stand here.\n"


def test_a_pdf_of_pictures_is_refused_with_a_way_out(refusal):
    assert "(OCR)" in refusal("a.pdf", files.pdf([[], []]))


@pytest.mark.parametrize("length", [20, 200, 700])
def test_a_pdf_that_breaks_off_is_refused_or_read_but_never_fails_otherwise(tmp_path, length):
    (tmp_path / "a.pdf").write_bytes(files.pdf([["Some words."]])[:length])
    assert text_or_sentence(tmp_path / "a.pdf").startswith(("a.pdf ", "Some words.\n"))


def test_a_strange_pdf_is_read_without_remarks_on_the_screen(tmp_path, capfd):
    (tmp_path / "a.pdf").write_bytes(b"junk\n" + files.pdf([["Some words."]]))
    program = "import sys, pathlib, engine.text.reading as r; print(r.read_text_file(pathlib.Path(sys.argv[1])))"
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "a.pdf")], check=True)
    captured = capfd.readouterr()
    assert "Some words." in captured.out
    assert captured.err == ""


def test_an_opendocument_text_with_a_password_is_refused(refusal):
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    assert "protected by a password" in refusal("a.odt", files.odt("<text:p>x</text:p>", manifest))


def test_a_zip_part_marked_as_encrypted_is_refused_by_its_password(refusal):
    data = bytearray(files.docx(files.docx_paragraph("x")))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:  # the flags of every entry of the central directory
        data[at + 8] |= 1
        at += 4
    assert "protected by a password" in refusal("a.docx", bytes(data))


def test_a_protected_book_is_refused_and_one_with_hidden_fonts_is_read(tmp_path, refusal):
    def with_method(algorithm: str) -> bytes:
        encryption = (
            f'<encryption><EncryptedData><EncryptionMethod Algorithm="{algorithm}"/></EncryptedData></encryption>'
        )
        return files.epub({"c": "<p>Words.</p>"}, ['idref="c"'], {"META-INF/encryption.xml": encryption})

    assert "protected against copying" in refusal("a.epub", with_method("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    (tmp_path / "b.epub").write_bytes(with_method("http://www.idpf.org/2008/embedding"))
    assert read_text_file(tmp_path / "b.epub")[0] == "Words.\n"


@pytest.mark.parametrize("data", [b"not a zip file at all", b"PK\x03\x04 and then nothing"])
@pytest.mark.parametrize("name", ["a.epub", "a.docx", "a.odt"])
def test_a_broken_container_is_refused_as_damaged(refusal, name, data):
    assert "damaged" in refusal(name, data)


def test_every_truncation_of_a_book_is_refused(tmp_path):
    data = files.epub({"c": "<p>Words.</p>"}, ['idref="c"'])
    for length in range(4, len(data) - 1, 97):
        (tmp_path / "a.epub").write_bytes(data[:length])
        with pytest.raises(BadInput):
            read_text_file(tmp_path / "a.epub")


def test_flipped_bits_of_a_document_never_raise_anything_but_a_sentence(tmp_path):
    import random

    rng = random.Random(5)
    data = files.docx(files.docx_paragraph("Some words.") * 20)
    for _ in range(150):
        broken = bytearray(data)
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        (tmp_path / "a.docx").write_bytes(bytes(broken))
        assert text_or_sentence(tmp_path / "a.docx")


def test_a_zip_bomb_is_refused_in_little_memory(refusal):
    data = files.docx(files.docx_paragraph("a" * (64 * 2**20)))
    assert len(data) < 100_000
    tracemalloc.start()
    try:
        assert "zip bomb" in refusal("a.docx", data)
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


def test_a_zip_bomb_whose_headers_lie_about_its_size_is_refused(refusal):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<d>" + b" " * (40 * 2**20))
    data = bytearray(buffer.getvalue())
    central = data.find(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<L", 1000)  # uncompressed size
    assert "a.docx" in refusal("a.docx", bytes(data))


def test_a_bomb_of_xml_entities_is_refused(refusal):
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
    )
    xml = f"<!DOCTYPE d [{entities}]><w:document {files.W}><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body>"
    data = files.zipped({"word/document.xml": xml + "</w:document>"})
    assert "defines entities" in refusal("a.docx", data)


def test_a_document_of_endless_nesting_is_refused(refusal):
    assert "nested too deeply" in refusal("a.docx", files.docx("<w:p>" * 5_000 + "</w:p>" * 5_000))


def test_a_huge_repetition_count_of_spaces_costs_nothing(tmp_path):
    (tmp_path / "a.odt").write_bytes(files.odt(f'<text:p>a<text:s text:c="{"9" * 5000}"/>b</text:p>'))
    assert read_text_file(tmp_path / "a.odt")[0] == "a b\n"


def test_a_document_without_words_is_refused(refusal):
    assert refusal("a.docx", files.docx("<w:p/>")) == "a.docx holds no text."


def test_a_plain_archive_is_refused_with_a_way_out(refusal):
    assert "Unpack it" in refusal("a.zip", files.zipped({"a.txt": "words"}))


def test_a_text_too_large_to_be_evaluated_is_refused_unread(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.write(b"words")
        file.truncate(50 * 2**20 + 1)
    with pytest.raises(BadInput, match="larger than 50 MB"):
        read_text_file(tmp_path / "a.txt")


def test_an_rtf_document_that_breaks_off_is_refused(refusal):
    assert "damaged" in refusal("a.rtf", rb"{\rtf1\ansi words")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(BadInput, match="pipe"):
        find_texts([tmp_path / "pipe.txt"])


def test_a_device_is_refused_without_being_opened():
    with pytest.raises(BadInput, match="a device"):
        find_texts([os.devnull])


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs local sockets")
def test_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        with pytest.raises(BadInput, match="a socket"):
            find_texts(["s"])
