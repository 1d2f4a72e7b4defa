"""How likely a visit today finds something at a place: from the place alone, officers' strictness taken out.

* ``tables`` places, visits, signs as arrays · ``neighbours`` who is near whom, who shares a name
* ``features`` what was known of places on a day · ``logistic`` the fit · ``model`` learning and scoring
* ``reasons`` the score in words · ``walk_forward`` was it worth it?
"""

from patrol.venues.domain.risk.features import Features
from patrol.venues.domain.risk.model import VERSION, RiskModel, learn
from patrol.venues.domain.risk.reasons import Reason, reasons, sentence
from patrol.venues.domain.risk.tables import Floats, Ints, Places, Signs, Visits, together
from patrol.venues.domain.risk.walk_forward import Gain, Window, days_earlier, first_half, gain, walk

__all__ = [
    "VERSION",
    "Features",
    "Floats",
    "Gain",
    "Ints",
    "Places",
    "Reason",
    "RiskModel",
    "Signs",
    "Visits",
    "Window",
    "days_earlier",
    "first_half",
    "gain",
    "learn",
    "reasons",
    "sentence",
    "together",
    "walk",
]
