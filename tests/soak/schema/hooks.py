"""Bodies that are no JSON, written down as they stand, for schemathesis to send."""

from __future__ import annotations

import json
from typing import Any

import schemathesis


def written(_: Any, value: Any) -> bytes:
    """Return a body as bytes; what is no text becomes a line of JSON."""
    if isinstance(value, bytes):
        return value
    return value.encode(errors="surrogatepass") if isinstance(value, str) else json.dumps(value).encode()


schemathesis.serializer("application/x-ndjson", "application/vnd.apache.parquet")(written)
