"""What a manager does at the desk, as tests do it: forms sent with their token, files of records imported."""

import io
import re
from html import unescape

from sqlalchemy import select

from patrol.accounts import principal_of_person
from patrol.clues.domain import MoveKind
from patrol.clues.models import Clue
from patrol.clues.services import doing_of, move_clue
from patrol.infra.db import bind_principal, unscoped
from patrol.ledgers import LEDGERS
from tests.factories import patrols as make
from tests.factories.ledgers import CLOCK, given_for


def token(client, path):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))[1]


def send(client, page, path=None, **data):
    """Send a form that must be taken; return where it leads."""
    answer = client.post(path or page, data={"csrf_token": token(client, page), **data})
    assert answer.status_code == 302, re.findall(r"<li>.*?</li>", answer.get_data(as_text=True))
    return answer.location


def load(client, ledger, text):
    """Import a file of records; every row must be stored."""
    data = {
        "csrf_token": token(client, f"/{ledger}/import"),
        "file": (io.BytesIO(text.encode("gbk")), "台账.csv"),
    }
    answer = client.post(f"/{ledger}/import", data=data, content_type="multipart/form-data")
    page = client.get(answer.location).get_data(as_text=True)
    assert "全部入库" in page, re.findall(r"<td.*?</td>", page)


class Desk:
    """A manager at the desk in one language."""

    def __init__(self, app, session, language):
        self.app, self.session, self.language = app, session, language
        self.city = make.create_city(session)
        self.client = make.sign_in(app, self.city.manager)

    def post(self, page, path=None, **data):
        """Send a form; return status and what the page that follows says."""
        path = path or page
        sent = {"csrf_token": token(self.client, page), **data}
        answer = self.client.post(f"{path}?lang={self.language}", data=sent)
        if answer.status_code == 302:
            return 302, self.read(answer.location)
        return answer.status_code, unescape(answer.get_data(as_text=True))

    def read(self, path):
        sign = "&" if "?" in path else "?"
        return unescape(self.client.get(f"{path}{sign}lang={self.language}").get_data(as_text=True))

    def upload(self, ledger, book):
        content = io.BytesIO()
        book.save(content)
        data = {
            "csrf_token": token(self.client, f"/{ledger}/import"),
            "file": (io.BytesIO(content.getvalue()), "表.xlsx"),
        }
        answer = self.client.post(f"/{ledger}/import", data=data, content_type="multipart/form-data")
        return 302, self.read(answer.location)

    def made(self, make_it):
        """Make something under nobody's name and let it go."""
        with unscoped(self.session, "a test makes what is needed"):
            self.session.info["readonly"] = False
            found = make_it()
            self.session.commit()
        make.free(self.session)
        return found

    def action(self, **more):
        given = self.made(lambda: given_for(self.session, LEDGERS["actions"], "420102"))
        return self.post("/actions/new", **{**given, "title": "清查出租房屋", **more})

    def clue(self):
        """Take a clue by telephone; return the address of its page."""
        given = {
            "kind": "lecture",
            "division_uid": self.city.east.uid,
            "address": "一元路3号",
            "text": "楼上有人听课",
        }
        answer = self.client.post(
            "/clues/new",
            data={"csrf_token": token(self.client, "/clues/new"), "channel": "telephone", **given},
        )
        assert answer.status_code == 200, answer.location
        with unscoped(self.session, "a test looks"):
            return f"/clues/{self.session.scalars(select(Clue.uid).order_by(Clue.id.desc())).first()}"

    def moved(self, path, *steps):
        """Bring a clue on by the manager's own hand."""
        self.session.info["readonly"] = False
        actor = principal_of_person(self.city.manager)
        bind_principal(self.session, actor)
        clue = self.session.scalars(select(Clue).where(Clue.uid == path.rpartition("/")[2])).one()
        for kind, given in steps:
            move_clue(self.session, actor, clue, doing_of(clue, actor, MoveKind(kind), given), version=clue.version,
                      clock=CLOCK)  # fmt: skip
        self.session.commit()
        make.free(self.session)

    def step(self, path, move, **given):
        version = re.search(r'name="version" value="(\d+)"', self.read(path))[1]
        return self.post(path, f"{path}/move", move=move, version=version, **given)

    def to_fed_back(self, path):
        inspector = self.city.inspector
        self.moved(path, ("accept", {}), ("triage", {"agency": inspector.agency.uid}), ("assign", {"person": inspector.uid}),
                   ("verify", {"verdict": "true", "reason": "现场二十人听课"}), ("handle", {"reason": "已驱散"}),
                   ("feed_back", {"answer": "情况属实，已依法处理。"}))  # fmt: skip
