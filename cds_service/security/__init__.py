"""The headers of a request -> the registered client that sent it, or a refusal."""

from cds_service.security.gate import Gate, Headers
from cds_service.security.keys import Get, KeySets
from cds_service.security.public_keys import PublicKey
from cds_service.security.replay import FirstUse, SeenTokens
from cds_service.security.tokens import LEEWAY, Tokens

__all__ = [
    "LEEWAY",
    "FirstUse",
    "Gate",
    "Get",
    "Headers",
    "KeySets",
    "PublicKey",
    "SeenTokens",
    "Tokens",
]
