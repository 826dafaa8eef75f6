"""Who signs: a key pair on P-256, its fingerprint and its handle."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from anonchat_client.encryption.base64url import b64decode, b64encode

PUBLIC_KEY_BYTES = 64  # the point's x and y
SIGNATURE_BYTES = 64  # r and s
FINGERPRINT_BYTES = 16
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


class Signer:
    """A key pair. The page has one for each room; a program may keep its own or make one for each run."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        point = private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.public = point[1:]
        self.fingerprint = fingerprint(self.public)
        self.handle = handle(self.fingerprint)

    @classmethod
    def new(cls) -> Signer:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    def sign(self, data: bytes) -> bytes:
        r, s = decode_dss_signature(self._private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(SIGNATURE_BYTES // 2, "big") + s.to_bytes(SIGNATURE_BYTES // 2, "big")


def verifies(public: bytes, signature: bytes, data: bytes) -> bool:
    """Tell whether this key made this signature. False, too, for a key that is no point of the curve."""
    half = SIGNATURE_BYTES // 2
    der = encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)
        key.verify(der, data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    return b64encode(hashlib.sha256(public).digest()[:FINGERPRINT_BYTES])


def handle(fingerprint: str) -> str:
    bits = int.from_bytes(b64decode(fingerprint)[:4], "big") >> 2
    characters = [CROCKFORD[bits >> shift & 31] for shift in range(25, -1, -5)]
    return "".join(characters[:3]) + "-" + "".join(characters[3:])


def hue(fingerprint: str) -> int:
    return b64decode(fingerprint)[4] * 360 // 256
