"""From the register to the search index: documents are built here, from the database, again and again."""

from service.register.indexing.building import all_documents, documents_of
from service.register.indexing.draining import (
    answer_reindex_request,
    ask_for_reindex,
    drain,
    pending,
    rebuild,
)
from service.register.indexing.drifting import Backlog, Drift, backlog, drift, repair

__all__ = [
    "Backlog",
    "Drift",
    "all_documents",
    "answer_reindex_request",
    "ask_for_reindex",
    "backlog",
    "documents_of",
    "drain",
    "drift",
    "pending",
    "rebuild",
    "repair",
]
