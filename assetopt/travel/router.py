"""Minutes asked of a routing service over HTTP: the table service of OSRM, or the matrix of Valhalla.

Zones and sites are asked for in blocks, near ones together, and a block whose places are all too far apart is not asked
for at all. A pair that the service cannot route (null, NaN, 2147483647, a negative number) is out of reach, never near.
This module is the only one that makes a request, and only to the address that the scenario names.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from assetopt.errors import Issue, ScenarioError
from assetopt.travel.geodesic import StraightLines, haversine_km
from assetopt.travel.made import Basis, Made, Snapping, named_far
from assetopt.travel.params import TravelParams
from assetopt.travel.table import ModeRows

__all__ = ["Router"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]
Answer = tuple[FloatArray, FloatArray | None, FloatArray | None]
"""Minutes (zones, sites), and how many km each zone and each site lies from the network, where the service says so."""

_PROFILES: Final[dict[str, dict[str, str]]] = {
    "osrm": {"car": "driving", "walk": "foot", "cycle": "bike"},
    "valhalla": {"car": "auto", "walk": "pedestrian", "cycle": "bicycle"},
}
_TOP_KMH: Final = {"car": 130.0, "walk": 8.0, "cycle": 35.0}
"""Nobody is faster than this along the straight line: pairs beyond it are not worth asking for."""
_NO_WAY: Final = 2_147_483_647.0
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_PAUSE: Final = 10.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A service that sends us elsewhere is not followed: that is not the address the scenario names."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


@dataclass(eq=False)
class Router:
    """Computes minutes by asking a service.

    Attributes
    ----------
    kind : {"osrm", "valhalla"}
    zone_ids, site_ids : tuple of str
    lines : StraightLines
        Where the places are.
    params : TravelParams
    pause : float
        Seconds before a question is first asked again; doubled each time.
    """

    kind: Literal["osrm", "valhalla"]
    zone_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    lines: StraightLines
    params: TravelParams
    pause: float = 0.5
    basis: Basis = "router"
    told: list[str] = field(default_factory=list)

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes that the scenario asks for."""
        return self.params.modes

    def make(self, mode: str) -> Made:
        """Ask for the minutes of one mode.

        Raises
        ------
        ScenarioError
            The service cannot be reached, refuses, or answers something else than minutes; in words.
        """
        url, profile = self.params.url_of(mode), self._profile(mode)
        ask = self._osrm if self.kind == "osrm" else self._valhalla
        found: list[tuple[IndexArray, IndexArray, FloatArray]] = []
        zone_km, site_km = np.full(len(self.zone_ids), np.nan), np.full(len(self.site_ids), np.nan)
        for zones, sites in self._blocks(mode):
            minutes, far_zones, far_sites = ask(url, profile, self.lines.zones[zones], self.lines.sites[sites])
            if far_zones is not None and far_sites is not None:
                zone_km[zones], site_km[sites] = far_zones, far_sites
            reach = np.isfinite(minutes) & (minutes <= self.params.max_minutes)
            reach &= (np.nan_to_num(zone_km[zones]) <= self.params.snap_max_km)[:, None]
            reach &= (np.nan_to_num(site_km[sites]) <= self.params.snap_max_km)[None, :]
            row, column = np.nonzero(reach)
            found.append((zones[row], sites[column], minutes[row, column]))
        return self._made(mode, url, found, Snapping(zone_km, site_km))

    def _made(
        self, mode: str, url: str, found: list[tuple[IndexArray, IndexArray, FloatArray]], snapping: Snapping
    ) -> Made:
        empty = np.empty(0, dtype=np.intp)
        zone = np.concatenate([empty, *(part[0] for part in found)])
        site = np.concatenate([empty, *(part[1] for part in found)])
        values = np.concatenate([np.empty(0), *(part[2] for part in found)])
        order = np.lexsort((site, zone))
        rows = ModeRows((len(self.zone_ids), len(self.site_ids)), zone[order], site[order], values[order])
        known = bool(np.isfinite(snapping.all).any())
        params = self.params
        notes = named_far(
            self.zone_ids + self.site_ids, np.nan_to_num(snapping.all), params.snap_warn_km, params.snap_max_km
        )
        server = url.split("//", 1)[-1].split("/")[0].rsplit("@", 1)[-1]
        name = "OSRM" if self.kind == "osrm" else "Valhalla"
        about = f"minutes by {mode} by the routing service {name} at {server} (profile {self._profile(mode)})"
        about += f"; over {params.max_minutes:g} minutes counts as out of reach"
        return Made(rows, "; ".join([about, *notes]), notes, snapping if known else None)

    def _profile(self, mode: str) -> str:
        named = {**_PROFILES[self.kind], **self.params.profiles}
        if mode not in named:
            what = f'{self.kind} has no usual profile for the mode "{mode}"'
            fix = f'[travel.profiles] {mode} = "NAME" names it; {", ".join(_PROFILES[self.kind])} need none'
            raise ScenarioError([Issue("[travel] profiles", what, fix)])
        return named[mode]

    def _blocks(self, mode: str) -> Iterator[tuple[IndexArray, IndexArray]]:
        """Give blocks of zones and sites, near ones together, without those that nobody could cover in time."""
        size = self.params.batch
        furthest = self.params.max_minutes / 60.0 * _TOP_KMH.get(mode, max(_TOP_KMH.values()))
        columns = _blocks_of(self.lines.sites, size)
        for zones in _blocks_of(self.lines.zones, size):
            for sites in columns:
                km = haversine_km(self.lines.zones[zones], self.lines.sites[sites])
                near = km <= furthest
                rows, cols = near.any(axis=1), near.any(axis=0)
                if rows.any():
                    yield zones[rows], sites[cols]

    # --- the two services --------------------------------------------------------------------------------------------

    def _osrm(self, url: str, profile: str, zones: FloatArray, sites: FloatArray) -> Answer:
        """Ask ``/table/v1/{profile}/{lon,lat;...}``; durations are seconds, null where there is no way."""
        places = ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in [*zones.tolist(), *sites.tolist()])
        sources = ";".join(map(str, range(len(zones))))
        targets = ";".join(str(len(zones) + k) for k in range(len(sites)))
        question = f"{url}/table/v1/{profile}/{places}?sources={sources}&destinations={targets}&annotations=duration"
        answer = self._asked(question, None)
        if answer.get("code") not in (None, "Ok"):
            raise self._fault(url, f"answers {answer.get('code')}: {answer.get('message', '')}".rstrip(": "))
        minutes = self._minutes(url, answer.get("durations"), (len(zones), len(sites)), lambda cell: cell)
        return minutes, _snapped(answer.get("sources"), len(zones)), _snapped(answer.get("destinations"), len(sites))

    def _valhalla(self, url: str, profile: str, zones: FloatArray, sites: FloatArray) -> Answer:
        """Ask ``/sources_to_targets``; times are seconds, null where there is no way."""
        body = {
            "sources": [{"lat": lat, "lon": lon} for lat, lon in zones.tolist()],
            "targets": [{"lat": lat, "lon": lon} for lat, lon in sites.tolist()],
            "costing": profile,
        }
        answer = self._asked(f"{url}/sources_to_targets", json.dumps(body).encode())
        if "error" in answer:
            raise self._fault(url, f"answers: {answer['error']}")
        table = answer.get("sources_to_targets")
        if isinstance(table, dict):  # format=compact, or a newer service
            table = table.get("durations")
        minutes = self._minutes(
            url, table, (len(zones), len(sites)), lambda cell: cell.get("time") if isinstance(cell, dict) else cell
        )
        return minutes, None, None

    def _minutes(
        self, url: str, table: object, shape: tuple[int, int], seconds: Callable[[object], object]
    ) -> FloatArray:
        """Return a table of seconds as minutes; what is no length of time is out of reach."""
        good = isinstance(table, list) and len(table) == shape[0]
        if not good or not all(isinstance(row, list) and len(row) == shape[1] for row in table):  # type: ignore[attr-defined]
            raise self._fault(url, f"does not answer with {shape[0]} x {shape[1]} times", "is it the right service?")
        assert isinstance(table, list)
        out = np.full(shape, np.inf)
        for i, row in enumerate(table):
            for j, cell in enumerate(row):
                value = seconds(cell)
                if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _NO_WAY:
                    out[i, j] = value / 60.0
        return out

    # --- asking ------------------------------------------------------------------------------------------------------

    def _asked(self, url: str, body: bytes | None) -> dict[str, object]:
        """Ask, and ask again where the failure may pass."""
        server, pause = url.split("/table/")[0].removesuffix("/sources_to_targets"), self.pause
        for left in range(self.params.retries, -1, -1):
            try:
                return self._once(url, body, server)
            except urllib.error.HTTPError as fault:
                with fault:
                    said = _said(fault.read(2_000))
                if fault.code not in _PASSING or not left:
                    raise self._fault(server, f"answers {fault.code}{said}", _HINTS.get(fault.code, "")) from None
            except (OSError, http.client.HTTPException) as fault:
                if not left:
                    reason = getattr(fault, "reason", fault)
                    slow = isinstance(reason, TimeoutError) or isinstance(fault, TimeoutError)
                    why = (
                        f"does not answer within {self.params.timeout_seconds:g} s"
                        if slow
                        else f"cannot be reached: {reason}"
                    )
                    tries = f" ({self.params.retries + 1} tries)" if self.params.retries else ""
                    fix = "raise timeout_seconds or lower batch" if slow else "start it, or correct url"
                    raise self._fault(server, why + tries, fix) from None
            time.sleep(min(pause, _LONGEST_PAUSE))
            pause *= 2
        raise AssertionError("unreachable")  # pragma: no cover

    def _once(self, url: str, body: bytes | None, server: str) -> dict[str, object]:
        headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if body else {})}
        request = urllib.request.Request(url, data=body, headers=headers)
        with _OPENER.open(request, timeout=self.params.timeout_seconds) as answer:
            content = answer.read()
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            raise self._fault(server, "does not answer with JSON", "is it the right service?") from None
        if not isinstance(document, dict):
            raise self._fault(server, "does not answer with a JSON object", "is it the right service?")
        return document

    def _fault(self, server: str, what: str, fix: str = "") -> ScenarioError:
        return ScenarioError([Issue("[travel] url", f"the routing service at {server} {what}", fix)])


_HINTS: Final = {
    400: "lower batch, or look whether the service covers these places",
    404: "is it the right service and profile?",
    413: "lower batch",
    414: "lower batch: the address has become too long",
}


def _blocks_of(places: FloatArray, size: int) -> list[IndexArray]:
    """Return positions in blocks of at most ``size``, halved along the wider direction, so that blocks are compact."""
    out: list[IndexArray] = []
    waiting = [np.arange(len(places))] if len(places) else []
    while waiting:
        block = waiting.pop()
        if len(block) <= size:
            out.append(np.sort(block))
            continue
        wide = np.ptp(places[block], axis=0) * [1.0, 0.6]  # a degree of longitude is some 0.6 of latitude in Britain
        order = block[np.argsort(places[block, int(wide.argmax())], kind="stable")]
        half = -(-len(order) // size) // 2 * size
        waiting += [order[half:], order[:half]]
    return out


def _snapped(waypoints: object, count: int) -> FloatArray | None:
    """Return km from the places to the network, where OSRM says so (``distance`` in metres)."""
    if not isinstance(waypoints, list) or len(waypoints) != count:
        return None
    metres = [point.get("distance") if isinstance(point, dict) else None for point in waypoints]
    return np.array([m / 1000.0 if isinstance(m, int | float) else np.nan for m in metres])


def _said(body: bytes) -> str:
    """Return what a refusal says, in short."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    text = (document.get("message") or document.get("error") or "") if isinstance(document, dict) else ""
    return f": {' '.join(str(text).split())[:200]}" if text else ""
