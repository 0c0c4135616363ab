"""What is read out of documents that are more than plain text."""

import importlib.util
from pathlib import Path

import pytest

from engine.text.readers.html import html_text
from engine.text.readers.pdf import join_lines
from engine.text.reading import read_text_file

_spec = importlib.util.spec_from_file_location("document_files", Path(__file__).with_name("document_files.py"))
assert _spec is not None
assert _spec.loader is not None
files = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(files)


@pytest.fixture
def read(tmp_path):
    def read_file(name: str, data: bytes) -> str:
        (tmp_path / name).write_bytes(data)
        return read_text_file(tmp_path / name)[0]

    return read_file


def test_a_word_document_gives_a_line_for_each_paragraph(read):
    body = files.docx_paragraph("The first.") + "<w:p/>" + files.docx_paragraph("The <![CDATA[second]]> &amp; last.")
    assert read("a.docx", files.docx(body)) == "The first.\n\nThe second & last.\n"


def test_a_heading_of_a_word_document_stands_between_blank_lines(read):
    paragraph = files.docx_paragraph
    body = paragraph("Title", "Heading1") + paragraph("One.") + paragraph("Next", "Heading2") + paragraph("Two.")
    assert read("a.docx", files.docx(body)) == "Title\n\nOne.\n\nNext\n\nTwo.\n"


def test_tabs_and_line_breaks_of_a_word_document_are_kept(read):
    body = "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>"
    assert read("a.docx", files.docx(body)) == "a\tb\nc-d\n"


def test_a_table_of_a_word_document_gives_a_line_for_each_row(read):
    cell = "<w:tc>{}</w:tc>".format
    p = files.docx_paragraph
    rows = [cell(p("a")) + cell(p("b") + p("c")), cell(p("d")) + cell(p("e"))]
    body = p("before") + "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>" + p("after")
    assert read("a.docx", files.docx(body)) == "before\na\tb c\nd\te\nafter\n"


def test_deleted_text_field_codes_and_fallback_copies_of_a_word_document_are_left_out(read):
    body = (
        "<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><w:r><w:t> once</w:t></w:r></mc:Choice>'
        "<mc:Fallback><w:r><w:t> once</w:t></w:r></mc:Fallback></mc:AlternateContent>"
        '<w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    )
    assert read("a.docx", files.docx(body)) == "kept once\n"


def test_white_space_of_an_opendocument_text_is_collapsed_but_for_its_own_marks(read):
    body = '<text:p>  one\n   two<text:s text:c="3"/>three<text:tab/>four<text:line-break/> five</text:p>'
    assert read("a.odt", files.odt(body)) == "one two   three\tfour\nfive\n"


def test_notes_of_an_opendocument_text_are_left_out(read):
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>N</text:p></text:note-body>"
    body = f"<text:h>Head</text:h><text:p>Word{note}</text:note> goes on.</text:p>"
    assert read("a.odt", files.odt(body)) == "Head\n\nWord goes on.\n"


def test_a_table_of_an_opendocument_text_gives_a_line_for_each_row(read):
    cells = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in "ab")
    assert (
        read("a.odt", files.odt(f"<table:table><table:table-row>{cells}</table:table-row></table:table>")) == "a\tb\n"
    )


def test_chapters_of_a_book_come_in_the_order_of_its_spine(read):
    chapters = {"one": "<p>First.</p>", "two": "<h1>Second</h1><p>More.</p>", "notes": "<p>Not linear.</p>"}
    spine = ['idref="two"', 'idref="one"', 'idref="notes" linear="no"', 'idref="unknown"']
    assert read("a.epub", files.epub(chapters, spine)) == "Second\n\nMore.\n\nFirst.\n"


def test_notes_and_page_marks_of_a_book_are_left_out(read):
    body = (
        '<p>Word<a epub:type="noteref" href="#n">1</a> goes<span epub:type="pagebreak">7</span> on.</p>'
        '<aside epub:type="footnote" id="n"><p>A note.</p></aside><p role="doc-endnotes">More.</p>'
    )
    assert read("a.epub", files.epub({"c": body}, ['idref="c"'])) == "Word goes on.\n"


def test_a_book_without_one_of_its_chapters_is_read_and_it_is_said(tmp_path):
    manifest = '<item id="two" href="gone.xhtml" media-type="application/xhtml+xml"/>'
    package = (
        f'<package><manifest><item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>{manifest}'
        '</manifest><spine><itemref idref="one"/><itemref idref="two"/></spine></package>'
    )
    (tmp_path / "a.epub").write_bytes(
        files.zipped(
            {
                "META-INF/container.xml": '<c><rootfile full-path="OEBPS/book.opf"/></c>',
                "OEBPS/book.opf": package,
                "OEBPS/text/one.xhtml": "<html><body><p>First.</p></body></html>",
            }
        )
    )
    text, problems = read_text_file(tmp_path / "a.epub")
    assert text == "First.\n"
    assert [problem.reason.text for problem in problems] == ["a.epub lacks 1 of its chapters."]


def test_a_web_page_gives_what_a_browser_shows(read):
    page = (
        "<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body><!-- c --><script>x()</script>"
        "<h1>Head</h1><p>One <b>bold</b>\n  word&nbsp;&amp;<br>a line</p><ul><li>x</li><li>y</li></ul>"
        "<pre>  kept\n   as is</pre><table><tr><th>a</th><td><p>b</p></td></tr><tr><td><p>c</p></td></tr></table>"
        "</body></html>"
    )
    assert read("a.html", page.encode()) == (
        "Head\n\nOne bold word\xa0&\na line\n\nx\ny\n\n  kept\n   as is\n\na\tb\nc\n"
    )


def test_a_web_page_is_decoded_as_it_declares_itself(read):
    page = '<html><head><meta charset="iso-8859-2"></head><body>Zażółć gęślą jaźń</body></html>'
    assert read("a.html", page.encode("iso-8859-2")) == "Zażółć gęślą jaźń\n"


def test_very_deep_nesting_of_a_page_is_read():
    assert html_text("<div>" * 20_000 + "deep" + "</span>" * 20_000, "a.html") == "deep\n"


def test_lines_of_a_pdf_are_joined_to_paragraphs_also_across_pages(read):
    first = [
        "The first paragraph of this page has lines that are as long as the page is wide, and it was bro-",
        "ken by the width of the page, not by whoever wrote it. So its lines are joined to one long line.",
        "It ends here.",
        "A second paragraph begins and goes on until the page is full, without a mark at its end so that",
    ]
    second = ["the next page has to be looked at, where it ends.", "17"]
    text = read("a.pdf", files.pdf([first, second]))
    assert text.splitlines() == [
        "The first paragraph of this page has lines that are as long as the page is wide, and it was broken by the "
        "width of the page, not by whoever wrote it. So its lines are joined to one long line. It ends here.",
        "A second paragraph begins and goes on until the page is full, without a mark at its end so that "
        "the next page has to be looked at, where it ends.",
    ]


def test_verses_of_a_pdf_keep_their_lines():
    assert join_lines(["Shall I compare", "thee to a", "summer's day?"]) == (
        ["Shall I compare", "thee to a", "summer's day?"],
        False,
    )


def test_an_rtf_document_gives_its_text(read):
    rtf = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Caf\'e9 \u8364? one\par two\tab three\par}"
    assert read("a.rtf", rtf) == "Café \u20ac one\ntwo\tthree\n"


def test_a_document_under_another_ending_is_read_by_its_content(tmp_path):
    (tmp_path / "a.docx").write_bytes(rb"{\rtf1\ansi words\par}")
    text, problems = read_text_file(tmp_path / "a.docx")
    assert text.strip() == "words"
    assert problems[0].reason.text == "a.docx holds an RTF document and is read as such."
    assert not problems[0].is_refused


@pytest.mark.parametrize(
    "text", ["ID3 tags\n", "GIF89 is a format\n", "About %PDF- marks\n", "PK\n", "MM\n", "BZhang\n"]
)
def test_a_text_that_begins_like_a_binary_file_is_still_a_text(read, text):
    assert read("a.txt", text.encode()) == text


@pytest.mark.parametrize("name", ["a.md", "a.py", "a.txt", "a"])
def test_markdown_source_code_and_unknown_endings_are_plain_text(read, name):
    text = "# <html>\n\tdef f():  \n\n"
    assert read(name, text.encode()) == text
