"""Storyfold from Python: a client that waits (`Client`), and one that does not (`AsyncClient`)."""

from __future__ import annotations

from api.client.clients import AsyncClient, Client
from api.client.problem import ApiProblem, ClientError, UnexpectedAnswer, Unreachable
from api.client.retries import Retries
from api.client.uploading import Uploaded
from api.decisions import ConstraintIn, CorrectionIn, MergeIn, MoveIn, SplitIn
from api.queries import ClusterQuery, ExportForm, ExportQuery
from api.schemas import ArticleIn
from api.schemas_compare import CompareIn, SideIn
from api.schemas_jobs import ReindexIn
from api.schemas_webhooks import NoticeKind, WebhookIn
from dedupe.constraints import Rule
from dedupe.events import Decision, EventKind
from dedupe.store.queries import ClusterSort
from dedupe.store.records import JobState

__all__ = [
    "ApiProblem",
    "ArticleIn",
    "AsyncClient",
    "Client",
    "ClientError",
    "ClusterQuery",
    "ClusterSort",
    "CompareIn",
    "ConstraintIn",
    "CorrectionIn",
    "Decision",
    "EventKind",
    "ExportForm",
    "ExportQuery",
    "JobState",
    "MergeIn",
    "MoveIn",
    "NoticeKind",
    "ReindexIn",
    "Retries",
    "Rule",
    "SideIn",
    "SplitIn",
    "UnexpectedAnswer",
    "Unreachable",
    "Uploaded",
    "WebhookIn",
]
