"""Addresses that open a stop in a map app: the only addresses of other hosts that the program hands out.

Built only where ``MAP_LINKS`` names a provider (none by default), never for a stop that a clue led to, and without
any name: the provider learns that somebody looked at a point, and nothing of what is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from patrol.core.datum import Datum, convert
from patrol.core.errors import PatrolError, problem
from patrol.core.labels import Label

UNKNOWN_PROVIDER = problem(
    "routes.unknown_map_provider",
    en="MAP_LINKS names “{name}”. It may hold amap, baidu and tencent, separated by commas, or nothing.",
    zh="MAP_LINKS中的“{name}”无法识别，可填写amap、baidu、tencent（用逗号分隔），或留空。",
    status=500,
)
#: reasons of stops that are sealed: where they lie is nobody else's business
SEALED = frozenset({"clue"})
TITLE = Label("目的地", "Destination")


@dataclass(frozen=True)
class Provider:
    """A map app: its name, the datum it expects, and its address with ``{lon}``, ``{lat}`` and ``{title}``."""

    name: Label
    datum: Datum
    address: str


PROVIDERS = {
    "amap": Provider(
        Label("高德地图", "Amap"),
        Datum.GCJ02,
        "https://uri.amap.com/marker?position={lon},{lat}&name={title}&coordinate=gaode&callnative=1",
    ),
    "baidu": Provider(
        Label("百度地图", "Baidu Maps"),
        Datum.BD09,
        "https://api.map.baidu.com/marker?location={lat},{lon}&title={title}&content={title}"
        "&coord_type=bd09ll&output=html",
    ),
    "tencent": Provider(
        Label("腾讯地图", "Tencent Maps"),
        Datum.GCJ02,
        "https://apis.map.qq.com/uri/v1/marker?marker=coord:{lat},{lon};title:{title}&referer=patrol",
    ),
}


def providers_of(setting: str) -> tuple[str, ...]:
    """Return the providers that a setting names, in its order.

    Raises :class:`PatrolError` for a name that is not one of them.

    >>> providers_of(" Amap, tencent "), providers_of("")
    (('amap', 'tencent'), ())
    """
    names = tuple(dict.fromkeys(name.strip().lower() for name in setting.split(",") if name.strip()))
    for name in names:
        if name not in PROVIDERS:
            raise PatrolError(UNKNOWN_PROVIDER, where="MAP_LINKS", name=name)
    return names


def map_links(
    setting: str, lon: float, lat: float, reasons: frozenset[str], language: str
) -> list[dict[str, str]]:
    """Return ``{"name", "url"}`` for each provider of the setting; none for a sealed stop.

    Parameters: WGS-84 degrees; ``reasons``: codes for which the stop is in its plan.
    """
    if reasons & SEALED:
        return []
    return [_link(PROVIDERS[name], lon, lat, language) for name in providers_of(setting)]


def _link(provider: Provider, lon: float, lat: float, language: str) -> dict[str, str]:
    x, y = convert(lon, lat, Datum.WGS84, provider.datum)
    url = provider.address.format(lon=f"{x:.6f}", lat=f"{y:.6f}", title=quote(TITLE.within(language)))
    return {"name": provider.name.within(language), "url": url}
