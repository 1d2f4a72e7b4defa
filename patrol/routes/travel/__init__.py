"""Travel times and lines on real streets: read a street file, join venues to it, measure, draw."""

from patrol.routes.travel.cache import FolderCache, MemoryCache, TimesCache
from patrol.routes.travel.lines import RouteLine, route_line
from patrol.routes.travel.matrix import LIMIT_M, TravelTimes, travel_times
from patrol.routes.travel.modes import Mode, detour_seconds
from patrol.routes.travel.network import StreetNetwork
from patrol.routes.travel.reading import read_streets
from patrol.routes.travel.snapping import Snapped, check_same_city, snap
from patrol.routes.travel.store import load_network, network_names, save_network

__all__ = [
    "LIMIT_M",
    "FolderCache",
    "MemoryCache",
    "Mode",
    "RouteLine",
    "Snapped",
    "StreetNetwork",
    "TimesCache",
    "TravelTimes",
    "check_same_city",
    "detour_seconds",
    "load_network",
    "network_names",
    "read_streets",
    "route_line",
    "save_network",
    "snap",
    "travel_times",
]
