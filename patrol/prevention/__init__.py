"""Publicity, communities, direct selling and the joint mechanism."""
