"""Keys of tenants: made, looked up by digest, kept encrypted under the server's master key."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facetry.domain.errors import SettingError

MASTER_KEY_BYTES = 32
_NONCE_BYTES = 12
_TOKEN_SECRET_BYTES = 32


class Vault:
    """Seal and recognise secrets under one master key.

    Two keys are derived from it, one for each purpose, so that a digest says nothing about an encryption.
    """

    def __init__(self, master_key: bytes) -> None:
        """Derive the keys.

        Raises:
            SettingError: The master key has not 32 bytes.
        """
        if len(master_key) != MASTER_KEY_BYTES:
            message = f"the master key must have {MASTER_KEY_BYTES} bytes"
            raise SettingError(message)
        self._digest_key = hmac.digest(master_key, b"facetry digest", hashlib.sha256)
        self._cipher = AESGCM(hmac.digest(master_key, b"facetry seal", hashlib.sha256))

    def digest(self, secret: str) -> bytes:
        """Return the 32 bytes by which a secret is looked up."""
        return hmac.digest(self._digest_key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def seal(self, secret: bytes) -> bytes:
        """Return the secret encrypted and authenticated (AES-256-GCM with a random nonce in front)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, None)

    def open(self, sealed: bytes) -> bytes:
        """Return the secret in a seal.

        Raises:
            SettingError: It was sealed under another master key, or damaged.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError) as error:
            message = "a stored key does not open under this master key"
            raise SettingError(message) from error


def new_token_secret() -> bytes:
    """Return a random secret that signs tokens."""
    return new_key().encode()[:_TOKEN_SECRET_BYTES]


def new_key() -> str:
    """Return a random key of 256 bits in text that needs no escaping in a URL."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """Return a random id of 24 hexadecimal digits."""
    return secrets.token_hex(12)


def new_label() -> str:
    """Return a random public label of 10 hexadecimal digits."""
    return secrets.token_hex(5)
