"""Bytes -> text: what is no text is refused by name, and no encoding is guessed where it could be another."""

import codecs
import re

from .errors import SourceError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # starts like UTF-16's: first
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    "a PDF": rb"%PDF-",
    "a Word document (DOCX)": rb"PK\x03\x04.{0,4000}word/",
    "an OpenDocument file": rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis",
    "a ZIP archive": rb"PK\x03\x04",
    "an old Office document": rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "an RTF document": rb"\{\\rtf",
    "a gzip archive": rb"\x1f\x8b",
    "an image": rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*",
}
_DECLARED = re.compile(
    rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^<>]*?encoding=[\"']([\w.-]+)",
    re.IGNORECASE,
)
_CHARSETS = ("ascii", "cp", "iso8859", "koi8", "mac", "gb", "big5", "euc", "shift_jis", "iso2022_jp")
# As browsers read them: pages that declare these are written in the larger one.
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# In Cyrillic or Greek nearly every byte tells encodings apart. In Latin script too few do: on samples of
# eight languages the best guess was wrong or tied more often than not. Those are here as rivals only.
_TOLD_APART = ("cp1251", "koi8_u", "cp866", "mac_cyrillic", "iso8859_5", "cp1253")
_RIVALS = ("cp1252", "cp1250", "iso8859_2", "mac_roman", "cp1254")
_COHERENT, _TIE = 0.4, 0.02
_C1_CONTROLS = re.compile("[\x80-\x9f]")


def refuse_binary(data: bytes) -> None:
    for name, magic in _MAGIC.items():
        if re.match(magic, data, re.DOTALL):
            raise SourceError(f"looks like {name}", hint="Save its text first, as .txt or .html.")
    if b"\0" in data and not data.startswith(tuple(mark for mark, _ in _BOMS)):
        raise SourceError(
            f"looks like binary data: a zero byte at offset {data.index(0)}",
            hint="For UTF-16 text without a byte order mark: iconv -f UTF-16LE -t UTF-8 FILE > NEW",
        )


def decode(data: bytes, declared: str | None) -> str:
    encoding = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), "utf-8")
    if declared == "iso2022_jp" and b"\x1b" in data:  # seven bits: it would pass for UTF-8
        encoding = declared
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        likely = "cp1252"
        if encoding == "utf-8":
            text, likely = _legacy(data, declared)
            if text is not None:
                return text
        raise SourceError(
            f"undecodable bytes at offset {error.start}: not {encoding.removesuffix('-sig').upper()}, "
            "and what else it is cannot be told",
            hint=f"Convert it first, for example: iconv -f {likely.upper()} -t UTF-8 FILE > NEW",
        ) from error


def declared_encoding(data: bytes) -> str | None:
    """Python's name of the legacy encoding that a page declares."""
    match = _DECLARED.search(data[:4096])
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii")).name if match else ""
    except (LookupError, ValueError):
        return None
    return _LARGER.get(name, name) if name.startswith(_CHARSETS) else None


def _legacy(data: bytes, declared: str | None) -> tuple[str | None, str]:
    """The text as declared or, only when sure, as detected; and the likely encoding."""
    from charset_normalizer import from_bytes  # reads tables: late

    if declared:
        try:
            return data.decode(declared), declared
        except UnicodeDecodeError:
            pass
    found = from_bytes(data, cp_isolation=[*_TOLD_APART, *_RIVALS])
    sane = [m for m in found if m.coherence >= _COHERENT and not _C1_CONTROLS.search(str(m))]
    if not sane or sane[0].encoding not in _TOLD_APART:
        return None, "cp1252"
    tied = any(m.chaos <= sane[0].chaos + _TIE and str(m) != str(sane[0]) for m in sane[1:])
    return (None if tied else str(sane[0])), sane[0].encoding
