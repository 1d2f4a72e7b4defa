"""Scans of SaTScan files: settings and files in, clusters out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from patrol.core.errors import PatrolError
from patrol.core.labels import Label
from patrol.hotspots.analyses.guessing import guessed
from patrol.hotspots.analyses.outcome import Outcome, told
from patrol.hotspots.statistics import problems
from patrol.hotspots.statistics.scan import (
    Files,
    ScanData,
    ScanResult,
    Settings,
    last_days,
    limits_of,
    read_scan,
    read_settings,
    scan,
)
from patrol.hotspots.tables import Table, decoded, plain


def settings_from(path: Path) -> Settings:
    """Read a .prm file."""
    return read_settings(_text(path))


def _text(path: Path) -> str:
    if not path.is_file():
        raise PatrolError(problems.MISSING_FILE, path=path.name)
    return decoded(path.read_bytes())


def _beside(folder: Path, path: str) -> Path:
    """Find a file that a .prm names: as written, relative to it, or by its name alone beside it."""
    written = Path(path.replace("\\", "/"))
    tried = (folder / written, folder / written.name)
    return next((each for each in tried if each.is_file()), tried[1])


def scan_files(
    settings: Settings, folder: Path, *, seed: int = 1, most: int = 10, said: set[str] | None = None
) -> Outcome:
    """Run the scan that ``settings`` describe on the files they name, relative to ``folder``.

    ``said``, where no .prm file came, are the settings that somebody gave; the files themselves tell the rest.
    """
    if said is not None:
        named = (settings.case_file, settings.coordinates_file)
        cases, coordinates = (_text(_beside(folder, path)) if path else "" for path in named)
        settings = guessed(settings, cases, coordinates, said)
    held = {
        "cases": settings.case_file, "coordinates": settings.coordinates_file,
        "population": settings.population_file if settings.model == "poisson" else "",
        "controls": settings.control_file if settings.model == "bernoulli" else "",
    }  # fmt: skip
    files = Files(**{name: _text(_beside(folder, path)) if path else "" for name, path in held.items()})
    data = read_scan(files, settings)
    result = scan(
        data, rng=np.random.default_rng(seed), limits=limits_of(settings, len(data.steps)),
        side=settings.side, min_cases=settings.min_cases_high, replicas=settings.replicas,
        stop_after=settings.stop_after, most=most,
    )  # fmt: skip
    notes = _notes(data, result, settings)
    if said is not None:
        notes.insert(1, _assumed(settings))
    return Outcome(_table(data, result, last_days(settings)), tuple(notes))


def _assumed(settings: Settings) -> str:
    kind = Label("经纬度", "latitude and longitude") if settings.spherical else Label("平面坐标", "x and y")
    return told(
        problems.SCAN_ASSUMED, model=settings.model, precision=settings.precision, start=settings.start,
        end=settings.end, unit=settings.unit, kind=kind,
    )  # fmt: skip


def _table(data: ScanData, result: ScanResult, ends: Sequence[str]) -> Table:
    rows = [
        {
            "cluster": number, "centre": c.centre, "lon" if data.spherical else "x": float(data.x[at]),
            "lat" if data.spherical else "y": float(data.y[at]), "radius": c.radius,
            "start": data.steps[c.first], "end": ends[c.last], "observed": c.observed,
            "expected": c.expected, "relative_risk": c.relative_risk, "llr": c.llr, "p": c.p,
            "p_with_ties": c.p_with_ties, "places": " ".join(c.places),
            "ties": "; ".join(" ".join(tie) for tie in c.ties),
        }
        for number, c in enumerate(result.clusters, start=1)
        for at in [data.names.index(c.centre)]
    ]  # fmt: skip
    names = list(rows[0]) if rows else ["cluster", "centre", "x", "y", "radius", "start", "end", "llr", "p"]
    columns = {name: [plain(row[name]) for row in rows] for name in names}
    axes = ("lon", "lat") if data.spherical else ("x", "y")
    shapes = shapely.points([[row[axis] for axis in axes] for row in rows]) if rows else None
    return Table(columns, None if shapes is None else np.asarray(shapes, dtype=object))


def _notes(data: ScanData, result: ScanResult, settings: Settings) -> list[str]:
    notes = [
        told(
            problems.SCAN_TOLD,
            model=data.model,
            analysis=settings.analysis,
            places=len(data.names),
            steps=len(data.steps),
            cases=result.cases,
            replicas=result.replicas,
        )
    ]
    if result.replicas < settings.replicas and result.clusters:
        notes.append(told(problems.SCAN_STOPPED, many=settings.stop_after))
    if any(cluster.ties for cluster in result.clusters):
        notes.append(told(problems.SCAN_TIES))
    if data.left_out:
        notes.append(told(problems.SCAN_LEFT_OUT, many=data.left_out))
    if settings.not_done:
        notes.append(told(problems.SCAN_NOT_DONE, settings=", ".join(settings.not_done)))
    if not result.clusters:
        notes.append(told(problems.SCAN_NOTHING))
    return notes
