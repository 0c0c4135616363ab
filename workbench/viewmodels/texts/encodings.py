"""Encodings and formats as people call them."""

from workbench.words import tr


def encoding_name(codec: str) -> str:
    """What an encoding is called; the codec's own name where there is no better one."""
    return _names().get(codec.replace("-", "_"), codec)


def format_name(text_format: str) -> str:
    """What a kind of file is called."""
    match text_format:
        case "docx":
            return tr("Word document")
        case "odt":
            return tr("OpenDocument text")
        case "rtf":
            return tr("RTF document")
        case "epub":
            return tr("EPUB book")
        case "pdf":
            return tr("PDF document")
        case "html":
            return tr("Web page")
        case _:
            return tr("Plain text")


def _names() -> dict[str, str]:
    return {
        "utf_8": "UTF-8", "utf_16_le": "UTF-16", "utf_16_be": "UTF-16", "utf_32_le": "UTF-32", "utf_32_be": "UTF-32",
        "ascii": "ASCII",
        "cp1252": tr("Western European (Windows)"), "latin_1": tr("Western European (ISO)"),
        "iso8859_1": tr("Western European (ISO)"), "iso8859_15": tr("Western European with euro sign (ISO)"),
        "mac_roman": tr("Western European (old Mac)"), "cp437": tr("Western European (DOS, USA)"),
        "cp850": tr("Western European (DOS)"),
        "cp1250": tr("Central European (Windows)"), "iso8859_2": tr("Central European (ISO)"),
        "mac_latin2": tr("Central European (old Mac)"), "cp852": tr("Central European (DOS)"),
        "cp1251": tr("Cyrillic (Windows)"), "iso8859_5": tr("Cyrillic (ISO)"), "koi8_r": tr("Cyrillic (KOI8-R)"),
        "koi8_u": tr("Cyrillic (KOI8-U)"), "mac_cyrillic": tr("Cyrillic (old Mac)"), "cp866": tr("Cyrillic (DOS)"),
        "cp1253": tr("Greek (Windows)"), "iso8859_7": tr("Greek (ISO)"),
        "cp1254": tr("Turkish (Windows)"), "cp1255": tr("Hebrew (Windows)"), "iso8859_8": tr("Hebrew (ISO)"),
        "cp1256": tr("Arabic (Windows)"), "cp1257": tr("Baltic (Windows)"), "cp1258": tr("Vietnamese (Windows)"),
        "cp874": tr("Thai (Windows)"),
        "shift_jis": tr("Japanese (Shift JIS)"), "cp932": tr("Japanese (Windows)"), "euc_jp": tr("Japanese (EUC)"),
        "iso2022_jp": tr("Japanese (ISO-2022-JP)"),
        "gb18030": tr("Chinese, simplified"), "big5": tr("Chinese, traditional"),
        "euc_kr": tr("Korean (EUC)"), "cp949": tr("Korean (Windows)"),
    }  # fmt: skip
