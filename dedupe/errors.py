"""Everything the engine refuses, as one tree.

DedupeError
├── InvalidArticle      a field of the article cannot be used
├── ReusedIdempotencyKey    the key came before, with another article
├── InvalidQuery        a filter, sort or cursor cannot be used
├── UnknownArticle      no article has this id
├── WithdrawnArticle    the article was taken down; only its id is left
├── UnknownCluster      no cluster has, or ever had, this id
├── InvalidCorrection   an editor's decision cannot be carried out as it is written
├── Contradiction       an editor's decision is against another one that is in force
├── UnknownConstraint   no editor's decision has this number, or none is in force there
├── AlreadyUndone       the editor's decision is in force no more
├── InvalidSettings     a setting cannot be used, or is not known
├── UnknownJob          no job has this id
├── JobConflict         a job is not in a state, or there is another one, that allows this
├── UnreadableInput     a file or line is not what its format promises
├── MissingLibrary      a format needs a library that is not installed
└── StoreError          the store did its part of nothing
    ├── StoreUnavailable    full, locked, read-only or gone: try again later
    └── StoreMismatch       made by another version or with other settings
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class DedupeError(Exception):
    """Base of every error the engine raises on purpose."""

    code: ClassVar[str] = "dedupe_error"


class InvalidArticle(DedupeError):
    """A field of the article cannot be used; nothing was stored."""

    code = "invalid_article"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class ReusedIdempotencyKey(DedupeError):
    """The idempotency key came before, with another article; nothing was stored."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used for another article; send a new key with a new article")


class InvalidQuery(DedupeError):
    """A filter, sort or cursor cannot be used."""

    code = "invalid_query"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class UnknownArticle(DedupeError):
    """No article has this id."""

    code = "unknown_article"

    def __init__(self, article_id: str) -> None:
        super().__init__(f"no article has the id {article_id!r}")
        self.article_id = article_id


class WithdrawnArticle(DedupeError):
    """The article was taken down; only its id is left."""

    code = "withdrawn_article"

    def __init__(self, article_id: str) -> None:
        super().__init__(f"the article {article_id!r} was taken down")
        self.article_id = article_id


class UnknownCluster(DedupeError):
    """No cluster has, or ever had, this id."""

    code = "unknown_cluster"

    def __init__(self, cluster_id: str) -> None:
        super().__init__(f"no cluster has the id {cluster_id!r}")
        self.cluster_id = cluster_id


class InvalidCorrection(DedupeError):
    """An editor's decision cannot be carried out as it is written; nothing was changed."""

    code = "invalid_correction"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Contradiction(DedupeError):
    """An editor's decision is against one that is in force; nothing was changed.

    ``standing`` and ``refused`` tell of both: rule, actor, time and articles, the standing one also its ``seq``.
    """

    code = "contradiction"

    def __init__(self, standing: Mapping[str, Any], refused: Mapping[str, Any]) -> None:
        super().__init__(
            f"decision {standing['seq']} ({standing['rule']}, by {standing['actor']} at {standing['at']:%Y-%m-%d %H:%M}"
            f" UTC) forbids this; undo it first: POST /v1/constraints/{standing['seq']}/undo"
        )
        self.standing = standing
        self.refused = refused


class UnknownConstraint(DedupeError):
    """No editor's decision has this number, or none is in force there."""

    code = "unknown_constraint"


class AlreadyUndone(DedupeError):
    """The editor's decision was undone, or gave way to a newer one."""

    code = "already_undone"

    def __init__(self, seq: int, undone_by: int) -> None:
        super().__init__(f"decision {seq} is in force no more: decision {undone_by} undid it or took its place")
        self.seq = seq
        self.undone_by = undone_by


class InvalidSettings(DedupeError):
    """A setting cannot be used, or is not known."""

    code = "invalid_settings"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class UnknownJob(DedupeError):
    """No job has this id."""

    code = "unknown_job"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"no job has the id {job_id!r}; GET /v1/jobs lists them")
        self.job_id = job_id


class JobConflict(DedupeError):
    """A job is not in a state that allows this, or another job is in the way; nothing was changed."""

    code = "job_conflict"


class UnreadableInput(DedupeError):
    """A file or line is not what its format promises; the message says where."""

    code = "unreadable_input"


class MissingLibrary(DedupeError):
    """A format needs a library that is not installed; the message says how to install it."""

    code = "missing_library"

    def __init__(self, form: str, library: str, extra: str) -> None:
        super().__init__(f"{form} needs {library}, which is not installed; run `pip install 'storyfold[{extra}]'`")


class StoreError(DedupeError):
    """The store could not do what was asked; nothing was written."""

    code = "store_error"


class StoreUnavailable(StoreError):
    """The store is full, locked, read-only or gone: the same request may succeed later."""

    code = "store_unavailable"


class StoreMismatch(StoreError):
    """The store was made by another version or with other settings; the message says what to run."""

    code = "store_mismatch"
