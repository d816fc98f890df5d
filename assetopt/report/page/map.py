"""Two maps in one frame, before and after, with a slider between them where scripts run; shapes and sizes tell too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from assetopt.report.layers import Layer, action_label
from assetopt.report.page.words import text

WIDTH, MARGIN, TALLEST = 1000.0, 20.0, 1300.0
FINEST = 3_000
"""Points of one sign that are drawn each; of more, those that fall on one spot of 3 units are drawn once."""

SIGNS = {
    "keep": "h0", "dispose": "m-6-6l12 12m0-12l-12 12", "exit_lease": "m0-7l7 7l-7 7l-7-7z",
    "open": "m0-8l2.4 5.2l5.6.7l-4.2 3.8l1.1 5.6l-4.9-2.8l-4.9 2.8l1.1-5.6l-4.2-3.8l5.6-.7z",
}  # fmt: skip
SHAPES = {"keep": "dot", "dispose": "cross", "exit_lease": "diamond", "open": "star"}
BANDS = (1.0, 5.0)
"""Minutes (or km) that part small, middling and large changes of a zone's way."""


class Frame:
    """Degrees to the plane of the picture: north is up, and a kilometre is as long both ways."""

    def __init__(self, places: npt.NDArray[np.float64]) -> None:
        self.squeeze = float(np.cos(np.radians(places[:, 1].mean())))
        self.west, self.north = float(places[:, 0].min()), float(places[:, 1].max())
        wide = max((float(places[:, 0].max()) - self.west) * self.squeeze, 1e-4)
        high = max(self.north - float(places[:, 1].min()), 1e-4)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / high)
        self.box = f"0 0 {wide * self.scale + 2 * MARGIN:.0f} {high * self.scale + 2 * MARGIN:.0f}"

    def at(self, places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return picture coordinates of (..., 2) longitudes and latitudes."""
        x = MARGIN + (places[..., 0] - self.west) * self.squeeze * self.scale
        y = MARGIN + (self.north - places[..., 1]) * self.scale
        return np.asarray(np.round(np.stack([x, y], axis=-1), 1), dtype=np.float64)


def marks(points: npt.NDArray[np.float64], sign: str) -> str:
    if len(points) > FINEST:
        points = np.unique(np.round(points / 3.0) * 3.0, axis=0)
    return "".join(f"M{x:g} {y:g}{sign}" for x, y in points.tolist())


def before_after(
    layers: Mapping[str, Layer], status: str, names: tuple[str, str] = ("Today", "With this plan")
) -> Markup:
    """Return both maps and their key; empty where nothing can be drawn.

    Parameters
    ----------
    layers : mapping of str to Layer
        ``sites``, ``moves`` and ``zones`` of `plan_layers`.
    status : str
        ``plan_status``, which says how actions are worded.
    names : (str, str)
        What the two maps are called.
    """
    places = [layer.positions.reshape(-1, 2) for layer in layers.values() if layer.positions.size]
    if not places:
        return Markup("")
    frame = Frame(np.concatenate(places))
    sites, zones = layers["sites"], layers["zones"]
    at = frame.at(sites.positions[:, 0, :])
    action = sites.frame["action"].to_numpy(dtype=object)
    today = np.isin(action, ["keep", "dispose", "exit_lease"])
    before = f'<path class="p-keep" d="{marks(at[today], "h0")}"/>'
    after = _zone_marks(frame, zones) + _move_marks(frame, layers["moves"])
    after += f'<path class="p-keep" d="{marks(at[action == "keep"], "h0")}"/>'
    labels = sites.frame["label"].tolist()
    shown = sites.frame["name"].where(sites.frame["name"] != "", sites.frame["site_id"]).tolist()
    for row in np.flatnonzero(np.isin(action, ["dispose", "exit_lease", "open"])).tolist():
        after += (
            f'<path class="p-{action[row]}" d="{marks(at[row : row + 1], SIGNS[action[row]])}">'
            f"<title>{text(f'{shown[row]}: {labels[row]}')}</title></path>"
        )
    told = (
        f"{names[0]}: {int(today.sum()):,} sites held.",
        f"{names[1]}: " + ", ".join(
            f"{int((action == kind).sum()):,} {action_label(kind, status)}" for kind in SHAPES if (action == kind).any()
        ) + f"; {len(layers['moves'].frame):,} moves, {len(zones.frame):,} places whose way changes. The tables say the same.",
    )  # fmt: skip
    figures = Markup("").join(
        Markup(
            '<figure class="map"><figcaption>{}</figcaption><svg viewBox="{}" role="img" aria-label="{}">{}</svg></figure>'
        ).format(title, frame.box, words, Markup(drawing))
        for title, words, drawing in zip(names, told, (before, after), strict=True)
    )
    key = _key([kind for kind in SHAPES if (action == kind).any()], status, bool(len(layers["moves"].frame)), zones)
    return Markup('<div class="map">{}</div><div class="maps">{}</div>').format(key, figures)


def _move_marks(frame: Frame, moves: Layer) -> str:
    ends = frame.at(moves.positions).reshape(-1, 4)
    away = ends[(ends[:, :2] != ends[:, 2:]).any(axis=1)]
    path = "".join(f"M{a:g} {b:g}L{c:g} {d:g}" for a, b, c, d in np.unique(away, axis=0).tolist())
    return f'<path class="p-moves" d="{path}"/>' if path else ""


def _zone_bands(zones: Layer) -> dict[str, npt.NDArray[np.bool_]]:
    further = zones.frame["most_further"].to_numpy(dtype=np.float64)
    nearer = -zones.frame["most_nearer"].to_numpy(dtype=np.float64)
    lost = zones.frame["services_lost"].to_numpy(dtype=np.float64) > 0
    far, near = np.nan_to_num(further), np.nan_to_num(nearer)
    worse = lost | (far >= near)
    size = np.where(lost, np.inf, np.maximum(far, near))
    band = np.searchsorted(BANDS, size, side="left") + 1
    kinds = (("far", worse), ("near", ~worse))
    return {f"{kind}{step}": here & (band == step) for kind, here in kinds for step in (1, 2, 3)}


def _zone_marks(frame: Frame, zones: Layer) -> str:
    if not len(zones.frame):
        return ""
    at = frame.at(zones.positions[:, 0, :])
    out = ""
    for kind, here in _zone_bands(zones).items():
        if here.any():
            out += f'<path class="p-{kind}" d="{marks(at[here], "h0")}"/>'
    return out


def _key(actions: Sequence[str], status: str, moves: bool, zones: Layer) -> Markup:
    rows = [(f"p-{kind}", f"M12 12{SIGNS[kind]}", f"{SHAPES[kind]}: {action_label(kind, status)}") for kind in actions]
    if moves:
        rows.append(("p-moves", "M2 12H22", "line: teams move"))
    unit = str(zones.frame["unit"].iloc[0]) if len(zones.frame) else "minutes"
    small, large = BANDS
    words = (
        f"up to {small:g} {unit.removesuffix('s') if small == 1 else unit}",
        f"{small:g} to {large:g} {unit}",
        f"over {large:g} {unit}",
    )
    for kind, here in _zone_bands(zones).items() if len(zones.frame) else ():
        if here.any():
            far = kind.startswith("far")
            way = "further" if far else "nearer"
            lost = " or out of reach" if kind == "far3" else ""
            rows.append(
                (
                    f"p-{kind}",
                    "M12 12h0",
                    f"{'square' if far else 'round'}: place {words[int(kind[-1]) - 1]}{lost} {way}",
                )
            )
    items = [
        Markup('<li><svg viewBox="0 0 24 24" aria-hidden="true"><path class="{}" d="{}"/></svg> {}</li>').format(*row)
        for row in rows
    ]
    return Markup('<ul class="key">{}</ul>').format(Markup("").join(items))
