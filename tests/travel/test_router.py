"""Routing services over HTTP, played by a server on this machine: what is asked, what an answer means, what goes wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import assetopt as ao
from assetopt.errors import ScenarioError
from assetopt.travel import Travel, TravelParams, build_travel, router
from assetopt.travel.geodesic import haversine_km

ZONES = pd.DataFrame({"zone_id": [f"z{i}" for i in range(7)], "lat": np.linspace(52.0, 52.3, 7), "lon": -0.5})
SITES = pd.DataFrame({"site_id": [f"s{i}" for i in range(5)], "lat": np.linspace(52.0, 52.3, 5), "lon": -0.6})

Answer = tuple[int, bytes]


class Service:
    """A server whose answer is a function of the request; it notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.reply: Callable[[str, dict[str, object]], Answer] = lambda *_: (500, b"")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                outer.asked.append((self.path, body))
                code, content = outer.reply(self.path, body)
                self.send_response(code)
                if code == 302:
                    self.send_header("Location", "http://example.invalid/")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _answer

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:  # who asked may have hung up
                pass

        self.server: ThreadingHTTPServer = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(router.time, "sleep", lambda _: None)
    one = Service()
    yield one
    one.close()


def osrm(path: str, _: dict[str, object]) -> Answer:
    """Answer as OSRM does: 90 s a kilometre, and a road 0.1 km from every place."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    places = np.array([[float(c) for c in p.split(",")] for p in parts.path.rsplit("/", 1)[1].split(";")])[:, ::-1]
    sources, targets = ([int(k) for k in query[name][0].split(";")] for name in ("sources", "destinations"))
    seconds = haversine_km(places[sources], places[targets]) * 90.0
    point = {"distance": 100.0}
    return 200, json.dumps(
        {
            "code": "Ok", "durations": seconds.tolist(),
            "sources": [point] * len(sources), "destinations": [point] * len(targets),
        }
    ).encode()  # fmt: skip


def valhalla(path: str, body: dict[str, object]) -> Answer:
    sources, targets = (np.array([[p["lat"], p["lon"]] for p in body[name]]) for name in ("sources", "targets"))  # type: ignore[attr-defined]
    seconds = haversine_km(sources, targets) * 90.0
    return 200, json.dumps(
        {"sources_to_targets": [[{"time": t, "distance": 1.0} for t in row] for row in seconds]}
    ).encode()


def travel(service: Service, provider: str = "osrm", **settings: object) -> Travel:
    given = {"provider": provider, "url": service.url, "modes": ["car"], "batch": 3, **settings}
    return build_travel(ZONES, SITES, None, TravelParams.model_validate(given))


def test_osrm_is_asked_in_blocks_and_seconds_become_minutes(service: Service) -> None:
    service.reply = osrm
    found = travel(service)
    assert found.minutes("car") == pytest.approx(found.km() * 1.5, rel=1e-4)  # coordinates have six decimals
    paths = [path for path, _ in service.asked]
    assert all(path.startswith("/table/v1/driving/-0.") for path in paths)
    assert all("annotations=duration" in path for path in paths)
    assert len(paths) == 3 * 2  # 7 zones and 5 sites in blocks of 3
    assert dict(found.basis) == {"car": "router"}
    assert found.basis_of("car") == "router"
    assert "by the routing service OSRM at 127.0.0.1" in found.about()["car"]
    made = found.made("car")
    assert made is not None
    assert made.snapping is not None
    assert made.snapping.all == pytest.approx(0.1)


def test_valhalla_is_asked_by_post(service: Service) -> None:
    service.reply = valhalla
    found = travel(service, "valhalla", modes=["walk"], max_minutes=600)
    assert found.minutes("walk") == pytest.approx(found.km() * 1.5, rel=1e-9)
    assert {path for path, _ in service.asked} == {"/sources_to_targets"}
    assert {body["costing"] for _, body in service.asked} == {"pedestrian"}


def test_nothing_is_asked_before_minutes_are_wanted_and_each_mode_once(service: Service) -> None:
    service.reply = osrm
    found = travel(service)
    found.km()
    assert service.asked == []
    found.minutes("car")
    before = len(service.asked)
    found.minutes("car", [1, 2])
    found.nearest("car", [0])
    assert len(service.asked) == before


@pytest.mark.parametrize("word", ["null", "NaN", "2147483647", "-1", '"far"', "true"])
def test_what_is_no_length_of_time_is_out_of_reach(service: Service, word: str) -> None:
    def reply(path: str, body: dict[str, object]) -> Answer:
        sources = len(parse_qs(urlsplit(path).query)["sources"][0].split(";"))
        targets = len(parse_qs(urlsplit(path).query)["destinations"][0].split(";"))
        row = "[" + ",".join([word, *["600"] * (targets - 1)]) + "]"
        return 200, f'{{"code":"Ok","durations":[{",".join([row] * sources)}]}}'.encode()

    service.reply = reply
    car = travel(service, batch=50).minutes("car")
    assert np.isinf(car[:, 0]).all()
    assert (car[:, 1:] == 10).all()


def test_null_of_valhalla_is_out_of_reach(service: Service) -> None:
    service.reply = lambda _, body: (200, json.dumps({"sources_to_targets": [
        [{"time": None if i == j else 60, "distance": None} for j in range(len(body["targets"]))]  # type: ignore[arg-type]
        for i in range(len(body["sources"]))  # type: ignore[arg-type]
    ]}).encode())  # fmt: skip
    car = travel(service, "valhalla", batch=50).minutes("car")
    assert np.isinf(np.diag(car)).all()
    assert np.isfinite(car).sum() == 30


def test_longer_than_the_limit_is_out_of_reach_and_blocks_too_far_apart_are_not_asked_for(service: Service) -> None:
    service.reply = osrm
    sites = pd.concat([SITES, pd.DataFrame({"site_id": ["far"], "lat": [57.0], "lon": [-3.0]})])
    params = TravelParams.model_validate({"provider": "osrm", "url": service.url, "modes": ["car"], "max_minutes": 30})
    found = build_travel(ZONES, sites, None, params)
    car, km = found.minutes("car"), found.km()
    assert np.array_equal(np.isfinite(car), km * 1.5 <= 30)
    assert not any("57.0" in path for path, _ in service.asked)  # 550 km: nobody drives that in half an hour


def test_a_failure_that_may_pass_is_tried_again(service: Service) -> None:
    service.reply = lambda path, body: (503, b"") if len(service.asked) < 3 else osrm(path, body)
    assert np.isfinite(travel(service, batch=50).minutes("car")).all()
    assert len(service.asked) == 3


def said(service: Service, **settings: object) -> str:
    with pytest.raises(ScenarioError) as fault:
        travel(service, batch=50, **settings).minutes("car")
    return str(fault.value)


def test_refusals_are_told_in_words(service: Service) -> None:
    service.reply = lambda *_: (503, b"")
    assert "answers 503" in said(service, retries=2)
    assert len(service.asked) == 3
    service.reply = lambda *_: (400, b'{"code":"TooBig","message":"Too many table coordinates"}')
    assert "answers 400: Too many table coordinates; lower batch" in said(service)
    assert len(service.asked) == 4  # no second try
    service.reply = lambda *_: (200, b"<html>welcome</html>")
    assert "does not answer with JSON; is it the right service?" in said(service)
    service.reply = lambda *_: (200, b'{"code":"Ok","durations":[[1]]}')
    assert "does not answer with 7 x 5 times" in said(service)
    service.reply = lambda *_: (200, b'{"code":"NoSegment","message":"no road near"}')
    assert "answers NoSegment: no road near" in said(service)


def test_a_redirect_is_not_followed(service: Service) -> None:
    service.reply = lambda *_: (302, b"")
    assert "answers 302" in said(service)


def test_a_service_that_is_not_there_is_told(service: Service) -> None:
    url = service.url
    service.close()
    given = TravelParams.model_validate({"provider": "osrm", "url": url, "modes": ["car"], "retries": 1})
    with pytest.raises(ScenarioError, match=r"cannot be reached: .*\(2 tries\); start it, or correct url"):
        build_travel(ZONES, SITES, None, given).minutes("car")
    service.server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=service.server.serve_forever, daemon=True).start()


def test_a_service_that_does_not_answer_is_not_waited_for(service: Service) -> None:
    hold = threading.Event()
    service.reply = lambda *_: (hold.wait(5), (200, b""))[1]
    text = said(service, timeout_seconds=0.2, retries=0)
    hold.set()
    assert "does not answer within 0.2 s; raise timeout_seconds or lower batch" in text


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"provider": "osrm"}, "it is missing"),
        ({"provider": "osrm", "url": "localhost:5000"}, 'it is "localhost:5000"'),
        ({"provider": "valhalla", "url": "file:///etc/passwd"}, 'it is "file:///etc/passwd"'),
        ({"provider": "osrm", "url": {"car": "http://a"}, "modes": ["car", "walk"]}, "it says nothing about walk"),
    ],
)
def test_an_address_that_is_none_is_refused(settings: dict[str, object], what: str) -> None:
    with pytest.raises(ValidationError) as fault:
        TravelParams.model_validate(settings)
    assert what in str(fault.value)


def test_a_mode_without_a_usual_profile_asks_for_one(service: Service) -> None:
    service.reply = osrm
    with pytest.raises(ScenarioError, match="truck"):
        travel(service, modes=["truck"]).minutes("truck")
    travel(service, modes=["truck"], profiles={"truck": "hgv"}).minutes("truck")
    assert "/table/v1/hgv/" in service.asked[-1][0]


def test_recorded_minutes_are_not_asked_for_again(service: Service) -> None:
    table = pd.DataFrame(
        {"zone_id": ["z0"], "site_id": ["s0"], "mode": ["car"], "minutes": [7.0], "x_basis": ["router"]}
    )
    given = {"provider": "osrm", "url": service.url, "modes": ["car"], "recorded": True}
    found = build_travel(ZONES, SITES, table, TravelParams.model_validate(given))
    assert found.minutes("car")[0, 0] == 7.0
    assert found.basis_of("car") == "router"
    assert service.asked == []
    with pytest.raises(ScenarioError, match="minutes by walk are to be recorded in the travel table and are not there"):
        build_travel(ZONES, SITES, table, TravelParams.model_validate({**given, "modes": ["car", "walk"]}))


def test_a_plan_by_a_routing_service_is_verified_without_it(service: Service, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    ZONES.assign(population=100).to_csv(data / "demand.csv", index=False)
    SITES.assign(partner_id="p", name="Office", tenure="freehold", running_cost=1000).to_csv(
        data / "sites.csv", index=False
    )
    (data / "partners.csv").write_text("partner_id,name,sector\np,P,council\n")
    (data / "spaces.csv").write_text("site_id,space_type,capacity\ns0,office,10\ns3,office,10\n")
    (data / "teams.csv").write_text("team_id,partner_id,name,service_type,site_id\nt,p,T,desk,s0\nu,p,U,desk,s3\n")
    (data / "needs.csv").write_text("team_id,space_type,amount\nt,office,5\nu,office,5\n")
    (data / "service_types.csv").write_text("service_type,public\ndesk,yes\n")
    (data / "standards.csv").write_text("standard_id,service_type,mode,max_minutes,min_share\nd,desk,car,40,0.9\n")
    (tmp_path / "model.toml").write_text(
        f'name = "m"\ndata = "data"\n[travel]\nprovider = "osrm"\nurl = "{service.url}"\nmodes = ["car"]\n'
        '[rules.access]\n[defaults]\nuse = "none"\n'
    )
    service.reply = osrm
    result = ao.optimise(ao.read_model(tmp_path / "model.toml").problem())
    result.write(tmp_path / "out")
    assert set(result.access["basis"]) == {"router"}
    asked = len(service.asked)
    assert asked > 0
    verdict = ao.verify(tmp_path / "out")
    assert verdict.ok, verdict.violations
    assert len(service.asked) == asked  # nobody was asked


def test_no_other_module_makes_a_request() -> None:
    root = Path(router.__file__).parents[1]
    words = ("urllib.request", "http.client", "import requests", "import socket", "httpx", "aiohttp", "urlopen")
    guilty = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if path.name != "router.py" and any(word in path.read_text(encoding="utf-8") for word in words)
    ]
    assert guilty == []
