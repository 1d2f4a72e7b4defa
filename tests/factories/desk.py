"""What a manager does at the desk, as tests do it: forms sent with their token, files of records imported."""

import io
import re


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
