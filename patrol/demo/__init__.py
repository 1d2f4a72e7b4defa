"""The demo city: two real Wuhan districts filled with invented venues, people and a year of patrols.

Boundaries, street names of townships and streets are real; everything that happens there is made up from a
seed and marked as invented. Stands above all rooms, because it uses all of them.
"""
