"""What there is to say of a value, as HTML and as text."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from html import escape

from xorviz.core import numerals
from xorviz.core.check.code.code_check import ArrayCheck, CodeCheck
from xorviz.core.check.step_check import Finding, StepCheck

Rows = Sequence[Sequence[str]]

_ARRAY_COLUMNS = ("array", "finding", "implied rate", "residual", "cosine")
_STYLE = "display:flex;flex-wrap:wrap;gap:1em;align-items:flex-start"


@dataclass(frozen=True, slots=True)
class Overview:
    """A heading, sentences, a table and pictures. A value; nothing in it is escaped yet."""

    title: str
    lines: tuple[str, ...] = ()
    table: Rows = ()
    """Its first row is a header."""
    pictures: tuple[str, ...] = ()
    """SVG."""

    def html(self) -> str:
        """Return it for a notebook: no colours but in pictures, so that any theme fits."""
        lines = "".join(f"<p>{escape(line)}</p>" for line in self.lines)
        beside = "".join((html_table(self.table), *self.pictures))
        head = f"<p><b>{escape(self.title)}</b></p>{lines}"
        return f'<div>{head}<div style="{_STYLE}">{beside}</div></div>'

    def text(self) -> str:
        """Return it for a terminal, without its pictures."""
        return "\n".join([self.title, *self.lines, "", *columns(self.table)]).rstrip()


def html_table(rows: Rows) -> str:
    """Return a table whose first row is a header; nothing for no rows."""
    if not rows:
        return ""
    head, *body = rows
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in body)
    return f"<table><tr>{cells}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def columns(rows: Rows, right: Container[int] = ()) -> list[str]:
    """Return the lines of a table, with the columns of some indices aligned to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.rjust(width) if place in right else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def array_table(check: StepCheck | CodeCheck) -> Rows:
    """Return what was found of each array; nothing where none was looked at."""
    rows = [
        (
            name,
            one.name if isinstance(one, Finding) else one.finding,
            numerals.NOTHING if one.rate is None else numerals.real(one.rate),
            numerals.real(one.residual),
            *((numerals.fixed(one.cosine, 6),) if isinstance(one, ArrayCheck) else ()),
        )
        for name, one in check.arrays.items()
    ]
    return [_ARRAY_COLUMNS[: len(rows[0])], *rows] if rows else []
