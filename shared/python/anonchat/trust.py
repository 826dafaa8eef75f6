"""Which certificates TLS trusts: of the machine's own store, those that AWS's endpoints are known by.

To load all 140 of a store is a quarter of a cold start; to load these few is nothing (docs/decisions/0012). Nothing is
trusted that the store does not hold, and where these do not do, all of it is loaded.
"""

import binascii
import functools
import ssl

_ROOTS = (b"Amazon Root CA", b"Starfield Services Root Certificate Authority - G2")  # in their subjects
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END"


@functools.cache
def ssl_context(bundle: str | None, *, whole: bool = False) -> ssl.SSLContext:
    """Make one context for all connections, since loading certificates takes long.

    It trusts those of `bundle`, or without one those of the machine's store: AWS's, or on demand the `whole` of it.
    """
    roots = b"" if bundle or whole else _aws_roots(ssl.get_default_verify_paths().cafile)
    return ssl.create_default_context(cafile=bundle, cadata=roots or None)


def _aws_roots(store: str | None) -> bytes:
    """Return AWS's roots in a store that is one file, nothing if it is none or has none of them."""
    try:
        with open(store or "", "rb") as file:
            certificates = [each.partition(_END)[0] for each in file.read().split(_BEGIN)[1:]]
        found = map(binascii.a2b_base64, certificates)
        return b"".join(each for each in found if any(name in each for name in _ROOTS))
    except (OSError, ValueError):
        return b""
