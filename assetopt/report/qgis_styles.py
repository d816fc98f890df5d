"""How QGIS draws the layers of a plan: by shape and colour together, so that nothing hangs on colour alone."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

_SITES = (
    ("keep", "keep", "circle", "108,117,125,255", "2"),
    ("dispose", "option: could close and be sold or handed on", "cross_fill", "178,24,43,255", "4"),
    ("exit_lease", "option: could close, lease given up", "diamond", "230,120,20,255", "3.6"),
    ("open", "option: could open", "star", "27,120,55,255", "4.4"),
    ("not_opened", "not opened", "triangle", "180,180,180,255", "2.4"),
)
"""Action, label, shape, colour (red, green, blue, alpha) and size (mm)."""

_ZONES = (
    (-100_000.0, -10.0, "more than 10 nearer", "circle", "33,102,172,255", "4"),
    (-10.0, 0.0, "up to 10 nearer", "circle", "103,169,207,255", "2.4"),
    (0.0, 10.0, "up to 10 further", "triangle", "239,138,98,255", "2.4"),
    (10.0, 100_000.0, "more than 10 further", "triangle", "178,24,43,255", "4"),
)
"""From, to (minutes), label, shape, colour and size; a zone that loses a point counts as the last."""

_WAY = "CASE WHEN services_lost > 0 THEN 99999 ELSE coalesce(most_further, most_nearer, 0) END"


def style(layer: str) -> str:
    """Return the QGIS style (QML) of the layer ``sites``, ``moves`` or ``zones``."""
    if layer == "sites":
        return _document(_categories(), "name")
    if layer == "moves":
        return _document(_single(_arrow()), "")
    return _document(_ranges(), "")


def _document(renderer: str, label: str) -> str:
    tip = f"<previewExpression>{label}</previewExpression>" if label else ""
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
    return f'{head}\n<qgis version="3.28.0" styleCategories="Symbology|MapTips">{renderer}{tip}</qgis>\n'


def _categories() -> str:
    rows = "".join(
        f'<category value={quoteattr(action)} symbol="{at}" label={quoteattr(label)} render="true" type="string"/>'
        for at, (action, label, *_) in enumerate(_SITES)
    )
    symbols = "".join(_symbol(str(at), "marker", _marker(*look)) for at, (_, _, *look) in enumerate(_SITES))
    return (
        '<renderer-v2 type="categorizedSymbol" attr="action" symbollevels="0" forceraster="0" enableorderby="0">'
        f"<categories>{rows}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def _ranges() -> str:
    rows = "".join(
        f'<range lower="{low:f}" upper="{high:f}" symbol="{at}" label={quoteattr(label)} render="true"/>'
        for at, (low, high, label, *_) in enumerate(_ZONES)
    )
    symbols = "".join(_symbol(str(at), "marker", _marker(*look)) for at, (_, _, _, *look) in enumerate(_ZONES))
    return (
        f'<renderer-v2 type="graduatedSymbol" attr={quoteattr(_WAY)} graduatedMethod="GraduatedColor" symbollevels="0"'
        f' forceraster="0" enableorderby="0"><ranges>{rows}</ranges><symbols>{symbols}</symbols></renderer-v2>'
    )


def _single(symbol: str) -> str:
    return (
        '<renderer-v2 type="singleSymbol" symbollevels="0" forceraster="0" enableorderby="0">'
        f"<symbols>{symbol}</symbols></renderer-v2>"
    )


def _symbol(name: str, kind: str, inside: str) -> str:
    return f'<symbol name="{name}" type="{kind}" alpha="1" clip_to_extent="1" force_rhr="0">{inside}</symbol>'


def _marker(shape: str, colour: str, size: str) -> str:
    look = {
        "name": shape, "color": colour, "outline_color": "35,35,35,255", "outline_style": "solid", "outline_width": "0.2",
        "outline_width_unit": "MM", "size": size, "size_unit": "MM",
    }  # fmt: skip
    return _part("SimpleMarker", look)


def _arrow() -> str:
    line = {"line_color": "60,60,60,200", "line_style": "solid", "line_width": "0.3", "line_width_unit": "MM"}
    head = _symbol("@0@1", "marker", _marker("filled_arrowhead", "60,60,60,200", "2.6"))
    ends = {"placements": "LastVertex", "placement": "lastvertex", "rotate": "1"}
    return _symbol("0", "line", _part("SimpleLine", line) + _part("MarkerLine", ends, head))


def _part(kind: str, look: dict[str, str], inside: str = "") -> str:
    options = "".join(f'<Option name="{key}" value="{value}" type="QString"/>' for key, value in look.items())
    older = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in look.items())
    return f'<layer class="{kind}" enabled="1" locked="0" pass="0"><Option type="Map">{options}</Option>{older}{inside}</layer>'
