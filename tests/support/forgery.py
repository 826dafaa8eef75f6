"""Signatures that are false on purpose."""

import copy

from anonchat_client import Signer


def forger(signer: Signer, claimed: Signer) -> Signer:
    """Return somebody who signs with `signer`'s key and puts the public key of `claimed` beside it."""
    forged = copy.copy(signer)
    forged.public = claimed.public
    return forged
