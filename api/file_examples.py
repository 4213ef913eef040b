"""Files of articles as the OpenAPI document shows them; their events are invented."""

from __future__ import annotations

import json
from typing import Final

_NINJS: Final = json.dumps(
    {"uri": "courier:1", "headline": "Ferry aground off Sandholm", "body_text": "The ferry Aurora ran aground at dawn."}
)

FILES: Final = {
    "text/csv": "title,text,source,uri\nFerry aground off Sandholm,The ferry Aurora ran aground.,Courier,courier:1\n",
    "application/vnd.apache.parquet": "(a Parquet file with columns named as the fields of an article)",
    "application/ninjs+json": _NINJS,
    "application/vnd.iptc.ninjs+json": _NINJS,
    "application/rss+xml": (
        '<rss version="2.0"><channel><title>Courier</title><item><title>Ferry aground off Sandholm</title>'
        "<guid>courier:1</guid><description>The ferry Aurora ran aground.</description></item></channel></rss>"
    ),
    "application/atom+xml": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title>'
        "<entry><title>Ferry aground off Sandholm</title><id>courier:1</id>"
        "<summary>The ferry Aurora ran aground.</summary></entry></feed>"
    ),
}
