"""Exchange with other systems: GPX, GeoPackage, OGC API Features, Open311."""
