"""Indicators, dashboards, the summary and exports."""
