#!/usr/bin/env python3
"""Checks an export for a case, offline, with nothing but Python: every bit of every file, the chain, the signatures.

    python3 verify.py EXPORT.zip [PUBLIC-KEY]

PUBLIC-KEY (64 hexadecimal digits) is what the bureau published; without it the key inside the export is used, and the
export proves only that nothing changed since it was signed with that key.
校验案卷导出文件：逐字节核对文件、审计链与签名。
Time stamps of an authority (RFC 3161) are read and their RSA signatures checked; what cannot be checked here is said.
Exit code 0: unaltered. 1: altered, and each fault is named. 2: not readable.
"""

# This file leaves the program and is read by strangers: it speaks by printing and has no annotations to explain.
# mypy: ignore-errors
# ruff: noqa: T201

import base64
import hashlib
import json
import sys
import tempfile
import zipfile

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
EXPECTED = ("manifest.json", "manifest.sig")


def add(one, two):
    """Add two points of the curve in extended coordinates (RFC 8032, 5.1.4)."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    """Multiply a point by a number."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def opened(data):
    """Read a point from its 32 bytes; None for bytes that are no point (RFC 8032, 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = opened((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    """Say whether an Ed25519 signature is right (RFC 8032, 5.1.7)."""
    a = opened(key) if len(key) == 32 else None
    r = opened(signature[:32]) if len(signature) == 64 else None
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def parts(data):
    """Split the content of a DER structure into its values: tag, content and the whole value with its tag."""
    found, at = [], 0
    while at < len(data):
        tag, length, start = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            start, length = start + size, int.from_bytes(data[start : start + size], "big")
        if start + length > len(data):
            raise ValueError("cut off")
        found.append((tag, data[start : start + length], data[at : start + length]))
        at = start + length
    return found


def certificate(raw):
    """Return issuer, serial number, name of the owner and, of an RSA key, modulus and exponent."""
    fields = parts(parts(parts(raw)[0][1])[0][1])
    fields = fields[1:] if fields[0][0] == 0xA0 else fields
    subject, key = fields[4][2], parts(fields[5][1])
    at = subject.rfind(bytes.fromhex("0603550403"))
    name = parts(subject[at:])[1][1].decode("utf-8", "replace") if at >= 0 else ""
    rsa = parts(parts(key[0][1])[0][2])[0][1] == OIDS["rsa"]
    numbers = [int.from_bytes(each[1], "big") for each in parts(parts(key[1][1][1:])[0][1])] if rsa else None
    return {"issuer": fields[2][2], "serial": fields[0][1], "name": name, "rsa": numbers, "raw": raw}


OIDS = {
    "token": bytes.fromhex("2a864886f70d0109100104"),
    "digest": bytes.fromhex("2a864886f70d010904"),
    "signer": bytes.fromhex("2a864886f70d010910022f"),
    "signer_sha1": bytes.fromhex("2a864886f70d010910020c"),
    "rsa": bytes.fromhex("2a864886f70d010101"),
    "sha256": bytes.fromhex("608648016503040201"),
}
HASHES = {OIDS["sha256"]: "sha256", bytes.fromhex("608648016503040202"): "sha384",
          bytes.fromhex("608648016503040203"): "sha512", bytes.fromhex("2b0e03021a"): "sha1"}  # fmt: skip


def stamp(answer):
    """Read an authority's answer (RFC 3161) down to what its signature covers; raises ValueError for anything else."""
    try:
        status, *token = parts(parts(answer)[0][1])
        if not token or parts(status[1])[0][1] not in (b"\x00", b"\x01"):
            raise ValueError("the authority did not grant it")
        fields = parts(parts(parts(token[0][1])[1][1])[0][1])
        kind, content = parts(fields[2][1])
        said = parts(content[1])[0][1]
        info = parts(parts(said)[0][1])
        algorithm, imprint = parts(info[2][1])
        signer = parts(parts(fields[-1][1])[0][1])
        attributes = {parts(each[1])[0][1]: parts(parts(each[1])[1][1])[0] for each in parts(signer[3][1])}
        issuer, serial = parts(signer[1][1])
        known = [
            certificate(raw) for field in fields[3:-1] if field[0] == 0xA0 for _, _, raw in parts(field[1])
        ]
        return {
            "sound": kind[1] == OIDS["token"] and parts(algorithm[1])[0][1] == OIDS["sha256"],
            "said": said,
            "imprint": imprint[1],
            "at": info[4][1].decode("ascii"),
            "nonce": [int.from_bytes(each[1], "big") for each in info[5:] if each[0] == 0x02],
            "attributes": attributes,
            "covered": b"\x31" + signer[3][2][1:],
            "hash": HASHES[parts(signer[2][1])[0][1]],
            "algorithm": parts(signer[4][1])[0][1],
            "signature": signer[5][1],
            "certificates": known,
            "by": [one for one in known if (one["issuer"], one["serial"]) == (issuer[2], serial[1])],
        }
    except (IndexError, KeyError, TypeError, UnicodeError) as error:
        raise ValueError(f"not a time stamp: {error!r}") from error


def stamp_faults(read, message):
    """Say what is wrong with a stamp that should be of ``message``, all but the signature itself."""
    if not read["sound"] or read["imprint"] != hashlib.sha256(message).digest():
        yield "is of something else / 并非对本签名所盖"
    if (
        read["attributes"].get(OIDS["digest"], (0, b""))[1]
        != hashlib.new(read["hash"], read["said"]).digest()
    ):
        yield "was altered / 已改动"
    if len(read["by"]) != 1:
        yield "does not bring its certificate / 未附证书"
        return
    raw = read["by"][0]["raw"]
    named = b"".join(read["attributes"].get(OIDS[name], (0, b""))[1] for name in ("signer", "signer_sha1"))
    if not any(hashlib.new(one, raw).digest() in named for one in ("sha1", "sha256", "sha384", "sha512")):
        yield "names another certificate / 与所附证书不符"


def rsa_says(read):
    """Say whether the RSA signature (PKCS #1 v1.5) of a stamp is right; None for another kind, not checked here."""
    owner, algorithm = read["by"][0], read["algorithm"]
    pkcs1 = algorithm[:-1] == OIDS["rsa"][:-1] and algorithm[-1] in (1, 5, 11, 12, 13)
    if owner["rsa"] is None or not pkcs1:
        return None
    modulus, exponent = owner["rsa"]
    size = (modulus.bit_length() + 7) // 8
    oid = next(oid for oid, name in HASHES.items() if name == read["hash"])
    named = bytes([0x06, len(oid)]) + oid + b"\x05\x00"
    digest = hashlib.new(read["hash"], read["covered"]).digest()
    inner = bytes([0x30, len(named)]) + named + bytes([0x04, len(digest)]) + digest
    inner = bytes([0x30, len(inner)]) + inner
    wanted = b"\x00\x01" + b"\xff" * (size - len(inner) - 3) + b"\x00" + inner
    return pow(int.from_bytes(read["signature"], "big"), exponent, modulus) == int.from_bytes(wanted, "big")


def check_stamps(heads):
    """Check the time stamps of signed heads; yields (fault or None, what a reader should know)."""
    for head in heads:
        if not head.get("timestamp_token"):
            continue
        try:
            read = stamp(base64.b64decode(head["timestamp_token"]))
        except ValueError as error:
            yield f"time stamp of head {head['number']}: {error} / 时间戳无法读取", None
            continue
        faults = list(stamp_faults(read, bytes.fromhex(head["signature"])))
        right = None if faults else rsa_says(read)
        if right is False:
            faults.append("signature is wrong / 签名无效")
        for fault in faults:
            yield f"time stamp of head {head['number']}: {fault}", None
        if not faults:
            yield None, said_of(head, read, right)


def said_of(head, read, right):
    """Tell in two languages what a time stamp says, and what was not checked."""
    mark = hashlib.sha256(read["by"][0]["raw"]).hexdigest()
    checked = "signature right" if right else "signature NOT checked (not RSA)"
    return (
        f"TIME STAMP / 时间戳: head {head['number']}, {read['at']} by {read['by'][0]['name']}, {checked}. "
        f"NOT checked here: whose certificate that is, and whether it was valid; compare its SHA-256 {mark} / "
        "本工具不核验证书归属与有效性，请比对证书指纹"
    )


def number(value):
    """Write a fraction as ECMAScript does (RFC 8785, 3.2.2.3)."""
    text = repr(abs(value))
    mantissa, _, exponent = text.partition("e")
    whole, _, rest = mantissa.partition(".")
    rest = "" if rest == "0" else rest
    digits = (whole + rest).lstrip("0") or "0"
    point = len(whole) + int(exponent or 0) - (len(whole + rest) - len((whole + rest).lstrip("0")))
    digits = digits.rstrip("0") or "0"
    sign = "-" if value < 0 else ""
    if digits == "0":
        return "0"
    if 0 < point <= 21:
        said = digits.ljust(point, "0")
        return sign + said[:point] + ("." + said[point:] if said[point:] else "")
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = ("+" if point > 0 else "-") + str(abs(point - 1))
    return sign + digits[0] + ("." + digits[1:] if digits[1:] else "") + "e" + power


def canonical(value):
    """Return RFC 8785 JSON of what an audit link holds: objects, lists, text, whole numbers, and plain fractions."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    return number(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def rebuilt(archive):
    """Write the archive again as the program writes it, and return the SHA-256 of that: no bit is left unlooked at."""
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w") as again:
            for name in archive.namelist():
                again.writestr(entry_of(name), archive.read(name))
        target.seek(0)
        return sha256_of(target)


def entry_of(name):
    """Return how a file stands in the archive: stored as it is, with no date and no attribute of its own."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def sha256_of(file):
    """Return the SHA-256 of an open file, read in pieces."""
    digest = hashlib.sha256()
    for piece in iter(lambda: file.read(1 << 20), b""):
        digest.update(piece)
    return digest.hexdigest()


def check_files(archive, manifest):
    """Compare every file with its size and SHA-256; nothing may be missing or added."""
    listed = {entry["name"]: entry for entry in manifest["files"]}
    names = archive.namelist()
    for name in sorted(set(names) - set(listed) - set(EXPECTED)):
        yield f"{name}: not in the manifest / 不在清单中"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name}: twice in the archive / 重复"
    for name, entry in listed.items():
        if name not in names:
            yield f"{name}: missing / 缺失"
            continue
        data = archive.read(name)
        if len(data) != entry["size"] or hashlib.sha256(data).hexdigest() != entry["sha256"]:
            yield f"{name}: altered / 已改动"


def check_chain(segment, heads):
    """Follow the links of one segment: each covers its content and the one before; the last is a signed head."""
    previous, number = None, None
    for link in segment:
        content = {name: link[name] for name in ("number", "at", "person_uid", "verb", "subject", "detail")}
        digest = hashlib.sha256(link["previous"].encode() + canonical(content).encode()).hexdigest()
        if digest != link["sha256"]:
            yield f"audit link {link['number']}: altered / 审计链第{link['number']}环已改动"
        if previous is not None and (link["previous"] != previous or link["number"] != number + 1):
            yield f"audit link {link['number']}: does not follow {number} / 审计链断开"
        previous, number = link["sha256"], link["number"]
    if (number, previous) not in {(head["number"], head["sha256"]) for head in heads}:
        yield f"audit link {number}: no signed head ends this segment / 链段末端没有签名"


def check_heads(heads, key):
    """Check the signatures of the chain's heads."""
    for head in heads:
        if head["key"] != key:
            yield f"head {head['number']}: signed with another key / 签名密钥不符"
        said = f"patrol chain head {head['number']} {head['sha256']} {head['signed_at']}".encode()
        if not signed(bytes.fromhex(head["key"]), said, bytes.fromhex(head["signature"])):
            yield f"signature of head {head['number']}: wrong / 第{head['number']}环签名无效"


def check_records(records, links, files):
    """Compare every record's own hash with its body, find it in the chain, and its photos among the files."""
    chained = {
        link["subject"]: link["detail"].get("sha256") for link in links if link["detail"].get("sha256")
    }
    for record in records:
        body = record["body"].encode()
        if hashlib.sha256(body).hexdigest() != record["sha256"]:
            yield f"{record['uid']}: body does not have its SHA-256 / 记录内容与哈希不符"
        if chained.get(record["uid"]) != record["sha256"]:
            yield f"{record['uid']}: not in the audit chain as it stands here / 与审计链不符"
        declared = json.loads(record["body"])
        photos = {photo["sha256_original"] for photo in declared.get("photos", [])}
        photos |= {sound["sha256"] for sound in declared.get("recordings", [])}
        if photos != set(record["originals"]):
            yield f"{record['uid']}: its photos are not those it declared / 照片与记录声明不符"
        for sha256, name in record["originals"].items():
            if name and files.get(name) != sha256:
                yield f"{name}: is not the photo it claims to be / 文件与照片哈希不符"


def faults_of(path, key=None):
    """Return one sentence for each thing that was altered; an empty list for an untouched export.

    Raises OSError, ValueError, KeyError or zipfile.BadZipFile for what is no export at all.
    """
    with zipfile.ZipFile(path) as archive:
        raw, signature = archive.read("manifest.json"), archive.read("manifest.sig")
        manifest = json.loads(raw)
        public = key or manifest["key"]
        with open(path, "rb") as file:
            faults = [] if sha256_of(file) == rebuilt(archive) else ["the archive itself / 压缩包本身已改动"]
        if key and manifest["key"] != key:
            faults.append("signed with another key than the one given / 签名密钥与给定公钥不符")
        if (
            not signed(bytes.fromhex(public), raw, bytes.fromhex(signature.decode()))
            or signature.lower() != signature
        ):
            faults.append("manifest.json: signature is wrong / 清单签名无效")
        faults += check_files(archive, manifest)
        chain = json.loads(archive.read("chain.json"))
        records = json.loads(archive.read("records.json"))
        for segment in chain["segments"]:
            faults += check_chain(segment, chain["heads"])
        faults += check_heads(chain["heads"], public)
        faults += [fault for fault, _ in check_stamps(chain["heads"]) if fault]
        links = [link for segment in chain["segments"] for link in segment]
        files = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
        faults += check_records(records["findings"], links, files)
    return faults


def stamps_of(path):
    """Return what the time stamps of an export say, a sentence each."""
    with zipfile.ZipFile(path) as archive:
        heads = json.loads(archive.read("chain.json"))["heads"]
    return [said for _, said in check_stamps(heads) if said]


def main(arguments):
    """Check the export named on the command line and say what was found."""
    if len(arguments) not in (2, 3):
        print(__doc__)
        return 2
    try:
        faults, stamps = faults_of(*arguments[1:]), stamps_of(arguments[1])
    except Exception as error:  # whatever else is wrong with the file, it is not an untouched export
        print(f"NOT READABLE / 无法读取: {type(error).__name__}: {error}")
        return 2
    for fault in faults:
        print("ALTERED / 已改动:", fault)
    if not faults:
        print("UNALTERED / 未经改动")
        print("\n".join(stamps) or "no time stamp: the times are the bureau's own / 无第三方时间戳")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
