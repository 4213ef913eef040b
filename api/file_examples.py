"""Files of articles as the OpenAPI document shows them; their events are invented."""

from __future__ import annotations

import json
from typing import Any, Final

from api.examples import JSON_FEED
from api.queries import ExportForm

_NINJS: Final = json.dumps(
    {"uri": "courier:1", "headline": "Ferry aground off Sandholm", "body_text": "The ferry Aurora ran aground at dawn."}
)

_RSS: Final = (
    '<rss version="2.0"><channel><title>Courier</title><item><title>Ferry aground off Sandholm</title>'
    "<guid>courier:1</guid><description>The ferry Aurora ran aground.</description></item></channel></rss>"
)
EXPORTS: Final[dict[ExportForm, Any]] = {
    ExportForm.JSON: JSON_FEED,
    ExportForm.RSS: _RSS,
    ExportForm.CSV: "article_id,cluster_id,title\nart_5x1m8v0c2q4rt,clu_2vtqzqzhf8ff1,Ferry aground off Sandholm\n",
    ExportForm.PARQUET: "(a Parquet file with the columns of the CSV file)",
}
"""What clusters and articles look like as written out, by format."""
FILES: Final = {
    "text/csv": "title,text,source,uri\nFerry aground off Sandholm,The ferry Aurora ran aground.,Courier,courier:1\n",
    "application/vnd.apache.parquet": "(a Parquet file with columns named as the fields of an article)",
    "application/ninjs+json": _NINJS,
    "application/vnd.iptc.ninjs+json": _NINJS,
    "application/rss+xml": _RSS,
    "application/atom+xml": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title>'
        "<entry><title>Ferry aground off Sandholm</title><id>courier:1</id>"
        "<summary>The ferry Aurora ran aground.</summary></entry></feed>"
    ),
}
