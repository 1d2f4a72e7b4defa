"""Tables of analysts: CSV, GeoJSON and (Geo)Parquet read and written, positions in metres or as given."""

from patrol.hotspots.tables.positions import Places, places, places_beside, value_column
from patrol.hotspots.tables.reading import decoded, read_table
from patrol.hotspots.tables.table import Floats, Table, date_column, with_columns
from patrol.hotspots.tables.values import plain
from patrol.hotspots.tables.writing import check_suffix, write_table

__all__ = [
    "Floats", "Places", "Table", "check_suffix", "date_column", "decoded", "places", "places_beside", "plain",
    "read_table", "value_column", "with_columns", "write_table",
]  # fmt: skip
