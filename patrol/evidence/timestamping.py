"""Time stamps of an outside authority (RFC 3161): asked for by nonce, kept only when all in them is right."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import logging
import secrets
import urllib.request
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from patrol.evidence import verify_export

logger = logging.getLogger(__name__)
TIMEOUT_S = 15
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def request_of(message: bytes, nonce: int) -> bytes:
    """Return the DER of a request to stamp the SHA-256 of ``message``, asking for the authority's certificate.

    >>> request_of(b"", 1)[:5].hex(), request_of(b"", 1)[-6:].hex()
    ('303c020101', '0201010101ff')
    """
    algorithm = bytes.fromhex("300d06096086480165030402010500")
    imprint = _der(0x30, algorithm + _der(0x04, hashlib.sha256(message).digest()))
    number = _der(0x02, nonce.to_bytes(nonce.bit_length() // 8 + 1, "big"))
    return _der(0x30, bytes.fromhex("020101") + imprint + number + bytes.fromhex("0101ff"))


def _der(tag: int, content: bytes) -> bytes:
    if len(content) > 127:
        raise ValueError("only short structures are made here")
    return bytes([tag, len(content)]) + content


def ask(url: str, message: bytes, authority: str = "") -> str:
    """Have ``message`` stamped; return the authority's answer in base64, or nothing.

    An authority that does not answer, or answers something that does not hold, only costs its stamp: that is logged,
    and the signature stands without it. ``authority`` names a PEM file of the roots that are trusted.
    """
    if not url.startswith(("http://", "https://")):
        return ""
    nonce = secrets.randbits(63)
    kind = {"Content-Type": "application/timestamp-query"}
    request = urllib.request.Request(url, request_of(message, nonce), kind)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            raw = answer.read(65_536)
        check(raw, message, authority=authority, nonce=nonce)
    except (OSError, ValueError) as error:
        logger.warning("no time stamp of %s is kept: %s", url, error)
        return ""
    return base64.b64encode(raw).decode()


def check(raw: bytes, message: bytes, *, authority: str = "", nonce: int | None = None) -> dt.datetime:
    """Return the time at which an authority saw ``message``.

    Raises ``ValueError`` unless the answer is granted, is of this message and of this request, is signed by the
    certificate that it brings and names, that one was valid then and is meant for time stamps, and, where trusted
    roots are named, descends from one of them.
    """
    read: dict[str, Any] = verify_export.stamp(raw)
    faults = list(verify_export.stamp_faults(read, message))
    if faults:
        raise ValueError("the time stamp " + "; ".join(faults))
    if nonce is not None and read["nonce"] != [nonce]:
        raise ValueError("the time stamp answers another request")
    at = _moment(read["at"])
    brought = [x509.load_der_x509_certificate(one["raw"]) for one in read["certificates"]]
    signer = x509.load_der_x509_certificate(read["by"][0]["raw"])
    _require_signature(signer, read)
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        raise ValueError("the authority's certificate was not valid at that time")
    if ExtendedKeyUsageOID.TIME_STAMPING not in _purposes(signer):
        raise ValueError("the certificate is not meant for time stamps")
    if authority and not _descends(signer, brought, _roots(authority), at):
        raise ValueError("the certificate descends from none of the trusted roots")
    return at


def _moment(text: str) -> dt.datetime:
    """Read a GeneralizedTime of RFC 3161: whole or broken seconds, always UTC."""
    whole, _, rest = text.removesuffix("Z").partition(".")
    if not text.endswith("Z") or not (whole + (rest or "0")).isdigit():
        raise ValueError(f"not a time: {text[:30]}")
    micro = int(rest[:6].ljust(6, "0") or 0)
    return dt.datetime.strptime(whole, "%Y%m%d%H%M%S").replace(microsecond=micro, tzinfo=dt.UTC)


def _require_signature(signer: x509.Certificate, read: dict[str, Any]) -> None:
    key, chosen = signer.public_key(), _HASHES.get(read["hash"])
    if chosen is None:
        raise ValueError(f"the time stamp is signed with {read['hash']}")
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(read["signature"], read["covered"], padding.PKCS1v15(), chosen)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(read["signature"], read["covered"], ec.ECDSA(chosen))
        else:
            raise ValueError("the authority's key is neither RSA nor on an elliptic curve")
    except InvalidSignature as error:
        raise ValueError("the signature of the time stamp is wrong") from error


def _purposes(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []


def _roots(authority: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(Path(authority).read_bytes())


def _descends(
    certificate: x509.Certificate,
    brought: list[x509.Certificate],
    roots: list[x509.Certificate],
    at: dt.datetime,
) -> bool:
    """Follow the issuers, at most five of them, to a trusted root; each must have been valid then."""
    for _ in range(5):
        if certificate in roots:
            return True
        above = [one for one in (*roots, *brought) if one != certificate and _issued(one, certificate, at)]
        if not above:
            return False
        certificate = above[0]
    return False


def _issued(one: x509.Certificate, other: x509.Certificate, at: dt.datetime) -> bool:
    if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
        return False
    try:
        if not one.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        other.verify_directly_issued_by(one)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError):
        return False
    return True
