"""A report drawn as PDF: A4, our own font embedded, with title, language and an outline for readers."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatchmethod
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace
from fpdf.prefs import ViewerPreferences

from crm.reporting.documents import Bars, Document, Figure, Paragraphs, Table

FONT = Path(__file__).parents[2] / "static" / "vendor" / "inter.woff2"
_INK, _QUIET, _ACCENT, _LINE, _GROUND = (
    (27, 38, 49),
    (86, 98, 112),
    (0, 98, 186),
    (208, 214, 221),
    (240, 245, 250),
)
_MARGIN = 20
_LAST_BEFORE_FOOT = 20
_ROOM_FOR_HEADING = 45


def write_pdf(document: Document, *, made_at: datetime, font: Path = FONT) -> bytes:
    """The report as the bytes of a PDF; without our font file, as before set-up, in Helvetica."""
    sheet = _Sheet(document, font if font.is_file() else None)
    sheet.set_creation_date(made_at)
    sheet.add_page()
    sheet.open()
    for part in document.parts:
        sheet.draw(part)
    return bytes(sheet.output())


class _Sheet(FPDF):
    """Pages of one report."""

    def __init__(self, document: Document, font: Path | None) -> None:
        super().__init__(format="A4")
        self.document = document
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_LAST_BEFORE_FOOT)
        self.set_title(document.title)
        self.set_subject(document.about)
        self.set_lang({"nb": "nb-NO", "nn": "nn-NO"}.get(document.language, document.language))
        self.set_creator("Klyngetorg")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.face = "Helvetica"
        if font:
            self.face = "Inter"
            weights = {"": {"wght": 400.0}, "B": {"wght": 700.0}}
            self.add_font(self.face, fname=font, variations=weights)

    def footer(self) -> None:
        self.set_y(-14)
        self._pen(8, colour=_QUIET)
        self.cell(0, 5, self.document.foot)
        self.set_x(_MARGIN)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align=Align.R)

    def open(self) -> None:
        """Title, period and the figures that stand out."""
        self.start_section(self.document.title)
        self._pen(24, bold=True)
        self.multi_cell(0, 11, self.document.title, new_x="LMARGIN", new_y="NEXT")
        self._pen(11, colour=_QUIET)
        self.multi_cell(0, 6, self.document.about, new_x="LMARGIN", new_y="NEXT")
        self.ln(5)
        self._figures(self.document.figures)

    def _figures(self, figures: tuple[Figure, ...]) -> None:
        gap = 3
        width = (self.epw - gap * (len(figures) - 1)) / len(figures)
        top = self.get_y()
        for place, figure in enumerate(figures):
            left = _MARGIN + place * (width + gap)
            self.set_fill_color(*_GROUND)
            self.rect(left, top, width, 29, style="F", round_corners=True, corner_radius=1.5)
            self.set_xy(left + 3, top + 3)
            self._pen(18, bold=True, colour=_ACCENT)
            self.cell(width - 6, 8, figure.value)
            self.set_xy(left + 3, top + 11.5)
            self._pen(8)
            self.multi_cell(width - 6, 3.8, figure.name, align=Align.L)
            self.set_xy(left + 3, top + 22.5)
            self._pen(7.5, colour=_QUIET)
            self.cell(width - 6, 4, figure.before)
        self.set_xy(_MARGIN, top + 34)

    @singledispatchmethod
    def draw(self, part: object) -> None:
        """Draw one part of the report."""
        raise TypeError(type(part).__name__)

    @draw.register
    def _paragraphs(self, part: Paragraphs) -> None:
        self._heading(part.heading)
        self._pen(10.5)
        for sentence in part.sentences:
            self.multi_cell(0, 5.8, sentence, new_x="LMARGIN", new_y="NEXT", align=Align.L)
            self.ln(0.6)
        self.ln(3)

    @draw.register
    def _bars(self, part: Bars) -> None:
        self._heading(part.heading, room=len(part.bars) * 6.4 + 15)
        left, widest = _MARGIN + 42, self.epw - 56
        for bar in part.bars:
            top = self.get_y()
            self._pen(9.5)
            self.cell(42, 5, bar.name)
            self.set_fill_color(*_ACCENT)
            length = widest * bar.value / part.longest
            if bar.value:
                self.rect(left, top + 0.6, length, 3.8, style="F")
            self.set_xy(left + length + 1.5, top)
            self.cell(12, 5, str(bar.value))
            self.set_xy(_MARGIN, top + 6.4)
        self.ln(4)

    @draw.register
    def _table(self, part: Table) -> None:
        self._heading(part.heading, room=len(part.rows) * 6.6 + 24)
        self._pen(9.5)
        self.set_draw_color(*_LINE)
        self.set_fill_color(255)
        first = 0.46 if len(part.columns) <= 4 else 0.25
        others = len(part.columns) - 1
        widths = (first * self.epw, *([(1 - first) * self.epw / others] * others))
        with self.table(
            col_widths=widths,
            text_align=(Align.L, *([Align.R] * others)),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD", color=_INK, fill_color=_GROUND),
            line_height=5,
            padding=(0.8, 1.5),
        ) as table:
            for cells in (part.columns, *part.rows):
                table.row(cells, style=FontFace(emphasis="BOLD") if cells[0] == part.total else None)
        self.ln(1.5)
        if part.note:
            self._pen(8, colour=_QUIET)
            self.multi_cell(0, 4.2, part.note, new_x="LMARGIN", new_y="NEXT", align=Align.L)
        self.ln(5)

    def _heading(self, text: str, *, room: float = _ROOM_FOR_HEADING) -> None:
        """A heading that is kept with what it heads, and stands in the outline."""
        if self.will_page_break(min(room, 200)):
            self.add_page()
        self.start_section(text, level=1)
        self._pen(14, bold=True)
        self.multi_cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(0.5)

    def _pen(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = _INK) -> None:
        self.set_font(self.face, "B" if bold else "", size)
        self.set_text_color(*colour)
