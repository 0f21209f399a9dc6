"""Where reports go: each as it finishes, or all at the end, on standard output or into a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SettingsError
from ..render.safe import safe_json
from ..render.terminal import render_divider, render_report
from ..report import Report
from .common import Format, put, put_html, put_json, put_rendered, rendered_plain
from .files import write_whole

if TYPE_CHECKING:
    from ..render.view import ArticleView


def wanted_format(form: Format | None, json: bool) -> Format:
    """What ``--format`` and its short form ``--json`` come to. Raises SettingsError when they disagree."""
    if json and form not in (None, Format.JSON):
        raise SettingsError(f"--json and --format {form} exclude each other")
    return Format.JSON if json else form or Format.TEXT


class Sink:
    """Takes finished reports. ``several``: JSON is an array, also when only one of them came out.

    Text and JSON lines go to standard output at once; JSON, HTML (one page of all), and everything that goes
    into a file, is kept until ``finish``.
    """

    def __init__(self, form: Format, *, out: Path | None = None, several: bool = False) -> None:
        self.form = form
        self.out = out
        self.several = several
        self.count = 0
        self._kept: list[str] = []
        self._views: list[ArticleView] = []

    def add(self, report: Report, origin: str | None = None) -> None:
        self.count += 1
        if self.form is Format.TEXT:
            parts = [render_report(report, origin=origin)]
            if self.count > 1:
                parts.insert(0, render_divider())
            if self.out is None:
                put_rendered(*parts)
            else:
                self._kept.append(rendered_plain(*parts))
        elif self.form is Format.HTML:
            from ..render.html import of_report  # the template engine is loaded late

            self._views.append(of_report(report, origin=origin))
        elif self.form is Format.JSONL and self.out is None:
            put_json(report.to_json())
        else:
            self._kept.append(report.to_json(indent=2 if self.form is Format.JSON else None))

    def finish(self) -> None:
        """Writes what was kept; nothing when no report came, so that an older file stays."""
        if self._views:
            self._finish_page()
        if not self._kept:
            return
        text = self._joined()
        if self.out is not None:
            write_whole(self.out, text if self.form is Format.TEXT else safe_json(text))
        elif self.form is Format.TEXT:
            put(text)
        else:
            put_json(text.rstrip("\n"))

    def _finish_page(self) -> None:
        from ..render.html import page, page_title

        text = page(self._views, title=page_title(self._views))
        if self.out is not None:
            write_whole(self.out, text)
        else:
            put_html(text)

    def _joined(self) -> str:
        if self.form is Format.TEXT:
            return "".join(self._kept)
        if self.form is Format.JSONL:
            return "".join(f"{line}\n" for line in self._kept)
        whole = ",\n".join(self._kept)
        return f"[\n{whole}\n]\n" if self.several else f"{whole}\n"
