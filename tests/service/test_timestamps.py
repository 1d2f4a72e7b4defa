"""Time stamps of a real authority: openssl answers over HTTP; whatever does not hold is refused, here and by a stranger."""

import base64
import http.server
import shutil
import subprocess
import threading

import pytest

from patrol.evidence import timestamping, verify_export

OPENSSL = shutil.which("openssl")
MESSAGE = b"the signature of a head"
CONFIG = """
[ tsa ]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[ stamping ]
extendedKeyUsage = critical,timeStamping
[ other ]
extendedKeyUsage = serverAuth
"""


def openssl(folder, *words):
    subprocess.run([OPENSSL, *words], cwd=folder, check=True, capture_output=True)


def key_of(kind):
    return (
        ["-newkey", "rsa:2048"] if kind == "rsa" else ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    )


def make_authority(folder, kind, purpose="stamping", days="30"):
    """A root, and a certificate for stamping that it issued."""
    (folder / "serial").write_text("01")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    openssl(folder, "req", "-x509", *key_of(kind), "-nodes", "-keyout", "root.key", "-out", "root.pem",
            "-days", "90", "-subj", "/CN=Test Root")  # fmt: skip
    openssl(folder, "req", *key_of(kind), "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr",
            "-subj", "/C=CN/CN=测试时间戳中心", "-utf8")  # fmt: skip
    openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", days,
            "-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", purpose, "-out", "tsa.pem")  # fmt: skip


def reply(folder, query):
    (folder / "query").write_bytes(query)
    openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile", "query", "-signer", "tsa.pem",
            "-inkey", "tsa.key", "-chain", "root.pem", "-out", "answer")  # fmt: skip
    return (folder / "answer").read_bytes()


@pytest.fixture(scope="module", params=["rsa", "ec"])
def authority(request, tmp_path_factory):
    assert OPENSSL, "install the package openssl: it is the authority of these tests"
    folder = tmp_path_factory.mktemp(f"authority-{request.param}")
    make_authority(folder, request.param)
    return folder


@pytest.fixture
def served(authority):
    """The authority at an address; ``spoil`` changes its next answers."""

    class Handler(http.server.BaseHTTPRequestHandler):
        spoil = staticmethod(lambda answer, query: answer)

        def do_POST(self):
            query = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = type(self).spoil(reply(authority, query), query)
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_said):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield Handler
    server.shutdown()
    server.server_close()


def test_a_stamp_of_a_real_authority_is_kept_and_a_stranger_reads_it(authority, served):
    token = timestamping.ask(served.url, MESSAGE, str(authority / "root.pem"))
    assert timestamping.check(base64.b64decode(token), MESSAGE).year >= 2026
    head = {"number": 7, "signature": MESSAGE.hex(), "timestamp_token": token}
    ((fault, said),) = verify_export.check_stamps([head])
    assert fault is None
    assert "测试时间戳中心" in said
    assert ("signature right" in said) == ("rsa" in authority.name)
    assert "NOT checked here" in said
    ((fault, _),) = verify_export.check_stamps([{**head, "signature": b"another".hex()}])
    assert "并非对本签名所盖" in fault


def test_a_root_that_is_not_trusted_costs_the_stamp(authority, served, tmp_path):
    openssl(tmp_path, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-out", "root.pem",
            "-subj", "/CN=Test Root")  # fmt: skip
    assert timestamping.ask(served.url, MESSAGE, str(tmp_path / "root.pem")) == ""
    assert timestamping.ask(served.url, MESSAGE) != ""


def test_answers_of_another_request_refusals_and_pages_cost_the_stamp(served, authority):
    old = base64.b64decode(timestamping.ask(served.url, MESSAGE))
    for spoil in (
        lambda answer, query: old,  # the same message, another nonce
        lambda answer, query: reply(authority, timestamping.request_of(b"another", 5)),
        lambda answer, query: bytes.fromhex("30053003020102"),  # status 2: rejected, no token
        lambda answer, query: b"<html>sign in to the network</html>",
        lambda answer, query: answer[:-1],
        lambda answer, query: b"",
    ):
        served.spoil = staticmethod(spoil)
        assert timestamping.ask(served.url, MESSAGE) == ""


def test_no_bit_of_what_is_signed_can_be_turned(authority):
    nonce = 12345
    raw = reply(authority, timestamping.request_of(MESSAGE, nonce))
    timestamping.check(raw, MESSAGE, nonce=nonce, authority=str(authority / "root.pem"))
    read = verify_export.stamp(raw)
    signed = [read["said"], read["covered"][1:], read["signature"], read["by"][0]["raw"]]
    rsa = read["by"][0]["rsa"] is not None
    for part in signed:
        start = raw.index(part)
        for place in range(start, start + len(part), 7):
            bad = raw[:place] + bytes([raw[place] ^ 4]) + raw[place + 1 :]
            with pytest.raises(ValueError):
                timestamping.check(bad, MESSAGE, nonce=nonce)
            if rsa:
                token = base64.b64encode(bad).decode()
                head = {"number": 1, "signature": MESSAGE.hex(), "timestamp_token": token}
                assert next(verify_export.check_stamps([head]))[0], place


def forged(folder, said):
    """An answer that is signed as it should be, over whatever somebody wants said."""
    (folder / "said").write_bytes(said)
    openssl(folder, "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-cades", "-md", "sha256", "-outform", "DER",
            "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-in", "said", "-signer", "tsa.pem", "-inkey", "tsa.key",
            "-out", "token")  # fmt: skip
    token = (folder / "token").read_bytes()
    body = bytes.fromhex("3003020100") + token
    return b"\x30\x82" + len(body).to_bytes(2, "big") + body


def test_who_may_not_stamp_and_when_nobody_may(tmp_path):
    make_authority(tmp_path, "rsa")
    other = tmp_path / "other"
    other.mkdir()
    make_authority(other, "rsa", purpose="other")
    said = verify_export.stamp(reply(tmp_path, timestamping.request_of(MESSAGE, 1)))["said"]
    timestamping.check(forged(tmp_path, said), MESSAGE, nonce=1)
    year = said.index(b"Z") - 14
    with pytest.raises(ValueError, match="not valid at that time"):
        timestamping.check(forged(tmp_path, said[:year] + b"2011" + said[year + 4 :]), MESSAGE, nonce=1)
    with pytest.raises(ValueError, match="not meant for time stamps"):
        timestamping.check(forged(other, said), MESSAGE, nonce=1)
