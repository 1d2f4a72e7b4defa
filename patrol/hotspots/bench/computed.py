"""Statistics: equal to known answers, fast beside their peers, and honest where nothing is hot."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from patrol.core.figures import Figure
from patrol.hotspots.analyses.scanning import settings_from
from patrol.hotspots.statistics import (
    Fishnet,
    Raster,
    gi,
    gi_star,
    graph_from_edges,
    kde_at,
    kde_raster,
    within_distance,
)
from patrol.hotspots.statistics.interval_check import KINDS, share_held
from patrol.hotspots.statistics.scan import Files, limits_of, read_scan, scan
from patrol.hotspots.statistics.simulation import (
    hot_by_counts,
    hot_by_effort,
    hot_with_areas,
    power_bound,
    power_curve,
    trial,
)


def data_folder() -> Path | None:
    """Return the folder with reference data, or say that it is not there."""
    folder = Path(os.environ.get("PATROL_BENCH_DATA", "")) / "hotspots"
    if not (folder / "redwood_sigma0.1.csv").is_file():
        click.echo("PATROL_BENCH_DATA holds no folder hotspots: known answers are not compared.", err=True)
        return None
    return folder


def best_of(times: int, run: Callable[[], Any]) -> float:
    """Return the shortest of several runs, in seconds."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        took.append(time.perf_counter() - begun)
    return min(took)


def known() -> Iterator[Figure]:
    """Compare with the published answers, where their files are at hand."""
    folder = data_folder()
    if folder is not None:
        yield from known_answers(folder)
        yield from scans(folder / "satscan")


def _table(path: Path) -> dict[str, np.ndarray]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def known_answers(folder: Path) -> Iterator[Figure]:
    """Compare with spdep's and spatstat's tables."""
    t = _table(folder / "getisord_localG_expected.csv")
    apart = 0.0
    for reach in (30, 60, 90, 120, 150):
        near = within_distance(t["x"], t["y"], reach)
        apart = max(apart, float(np.abs(gi_star(t["val"], near) - t[f"Gs{reach}"]).max()))
        apart = max(apart, float(np.abs(gi(t["val"], near) - t[f"G{reach}"]).max()))
    yield Figure("Gi, Gi* beside spdep's getisord, largest difference", apart, "z", goal="<= 1e-9")
    c, edges = (
        _table(folder / "columbus_crime_localG_expected.csv"),
        _table(folder / "columbus_col.gal.nb_edges0.csv"),
    )
    near = graph_from_edges(c["x"].size, edges["i"].astype(int), edges["j"].astype(int))
    apart = float(np.abs(gi_star(c["CRIME"], near) - c["GiStar"]).max())
    apart = max(apart, float(np.abs(gi(c["CRIME"], near) - c["Gi"]).max()))
    yield Figure("Gi, Gi* beside spdep's columbus, largest difference", apart, "z", goal="<= 1e-9")
    r = _table(folder / "redwood_sigma0.1.csv")
    from shapely import box

    for name, window in (("dens_noedge", None), ("dens_edge", box(0, -1, 1, 0))):
        made = kde_at(r["x"], r["y"], r["x"], r["y"], 0.1, window=window)
        apart = float(np.abs(made / r[name] - 1).max())
        yield Figure(f"KDE beside spatstat's redwood, {name}, relative", apart, "", goal="<= 1e-9")


def scans(folder: Path) -> Iterator[Figure]:
    """Run SaTScan's own sample files."""
    for prm, name, llr, published in (
        ("NewMexicoSpaceTimePoisson.prm", "New Mexico", 10.979758, 0.014),
        ("NHumbersideSpatialBernoulli.prm", "North Humberside", 4.836516, 0.360),
    ):
        settings = settings_from(folder / prm)
        named = (
            settings.case_file,
            settings.coordinates_file,
            settings.population_file,
            settings.control_file,
        )
        text = [(folder / each).read_text("latin-1") if each else "" for each in named]
        data = read_scan(Files(*text), settings)
        limits = limits_of(settings, len(data.steps))

        def run(many: int = 999, data: Any = data, limits: Any = limits) -> Any:
            return scan(data, rng=np.random.default_rng(1), limits=limits, replicas=many, stop_after=None)

        found = run().clusters[0]
        yield Figure(
            f"{name}: first cluster's ratio less SaTScan's", abs(found.llr - llr), "", goal="<= 1e-6"
        )
        yield Figure(
            f"{name}: p of the first cluster, 999 replicas", found.p or 1.0, "", "SaTScan", published
        )
        yield Figure(f"{name}: 999 replicas, 2 threads", best_of(3, run), "s", goal="<= 1")


def gi_speed() -> Iterator[Figure]:
    """Time Gi* of 99,856 cells beside esda's statistic and its 999 permutations, weights ready for esda."""
    rows = 316
    values = np.random.default_rng(3).poisson(3, rows * rows).astype(float)
    net = Fishnet(rows, rows)
    ours = best_of(7, lambda: gi_star(values, net))
    yield Figure("Gi* of 99,856 cells", ours * 1000, "ms", goal="<= 5")
    try:
        import libpysal
        from esda.getisord import G_Local
    except ImportError:
        click.echo("esda and libpysal are not installed: install the extra bench for the peers.", err=True)
        return
    weights = libpysal.weights.lat2W(rows, rows, rook=False)
    analytic = best_of(2, lambda: G_Local(values, weights, transform="B", star=True, permutations=0))
    yield Figure(
        "Gi* beside esda's analytic statistic", analytic / ours, "times", "esda s", analytic, ">= 100"
    )
    begun = time.perf_counter()
    G_Local(values, weights, transform="B", star=True, permutations=999, seed=1)
    drawn = time.perf_counter() - begun
    yield Figure("Gi* beside esda's 999 permutations", drawn / ours, "times", "esda s", drawn, ">= 50")


def kde_speed() -> Iterator[Figure]:
    """Time a binned density of a million points beside KDEpy's FFT, and tell its error against brute force."""
    rng = np.random.default_rng(4)
    centres = rng.uniform(2000, 18000, (40, 2))
    points = centres[rng.integers(0, 40, 1_000_000)] + rng.normal(0, 700, (1_000_000, 2))
    points = np.clip(points, 1, 19_999)
    raster, h = Raster(0, 0, 20_000, 20_000, 512, 512), 300.0
    ours = best_of(5, lambda: kde_raster(points[:, 0], points[:, 1], raster, h, edge=False))
    yield Figure("KDE of 1,000,000 points on 512 x 512", ours * 1000, "ms", goal="<= 100")
    few = points[:20_000]
    made = kde_raster(few[:, 0], few[:, 1], raster, h, edge=False)
    row, column = rng.integers(0, 512, (2, 200))
    exact = kde_at(few[:, 0], few[:, 1], raster.middles_x[column], raster.middles_y[row], h)
    error = float(np.abs(made[row, column] - exact).max() / exact.max())
    yield Figure("binned KDE, largest error over the maximum", error, "", goal="<= 5e-4")
    try:
        from KDEpy import FFTKDE
    except ImportError:
        click.echo("KDEpy is not installed: install the extra bench for the peers.", err=True)
        return
    x, y = np.meshgrid(np.linspace(-1, 20_001, 512), np.linspace(-1, 20_001, 512), indexing="ij")
    nodes = np.column_stack([x.ravel(), y.ravel()])
    peer = best_of(3, lambda: FFTKDE(bw=h).fit(points).evaluate(nodes))
    yield Figure("KDE beside KDEpy's FFT", peer / ours, "times", "KDEpy s", peer, ">= 2")


def effort() -> Iterator[Figure]:
    """Judge worlds of 10,000 cells with uneven effort: nothing hot, and one cell in a hundred three times as risky."""
    for name, method in (("units", hot_by_effort), ("units and areas", hot_with_areas)):
        false = trial(np.random.default_rng(5), 100, method, relative_risk=1.0).false_hot
        naive = trial(np.random.default_rng(5), 100, hot_by_counts, relative_risk=1.0).false_hot
        yield Figure(
            f"nothing hot: share of cells called hot, {name}", false, "", "raw Gi*", naive, "<= 0.01"
        )
    for level in (3.8, 5.0, 6.0, 8.0, 10.0, 20.0, 40.0, 80.0):
        told = f"relative risk 3, {level:.1f} visits a cell"
        with_areas, alone = (
            trial(np.random.default_rng(6), worlds, method, visits_a_cell=level, relative_risk=3.0)
            for method, worlds in ((hot_with_areas, 200), (hot_by_effort, 24))
        )
        bound = power_bound(np.random.default_rng(31), 600, level)
        yield Figure(f"{told}: power", with_areas.power, "", "units alone", alone.power, ">= 0.8")
        yield Figure(f"{told}: found by one who knows size and shape", bound, "")
        yield Figure(
            f"{told}: false hot", with_areas.false_hot, "", "units alone", alone.false_hot, "<= 0.01"
        )
        yield Figure(f"{told}: shown hot beyond the hotspot", with_areas.beyond, "")
    levels = (3.8, 10.0, 20.0, 40.0)
    four = power_curve(np.random.default_rng(7), 100, levels, hot_with_areas, relative_risk=3.0, patches=4)
    for each in four:
        told = f"relative risk 3 in four patches, {each.visits_a_cell:.1f} visits a cell, units and areas"
        yield Figure(f"{told}: power", each.power, "", "false hot", each.false_hot, ">= 0.8")
    for level in levels:
        bound = power_bound(np.random.default_rng(32), 600, level, length=5)
        yield Figure(
            f"a patch of 25, {level:.1f} visits a cell: found by one who knows size and shape", bound, ""
        )


def intervals() -> Iterator[Figure]:
    """Tell how often the outlook's 95 % intervals hold the true rate, in four kinds of worlds."""
    for kind in KINDS:
        held = share_held(np.random.default_rng(8), kind, worlds=48)
        yield Figure(f"95 % interval of the outlook holds the true rate: {kind}", held, "", goal=">= 0.95")
