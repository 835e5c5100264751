"""May this firm use the special mark on this product on this day? Read from the database, and nothing else."""

from service.register.verification.deciding import verify
from service.register.verification.verdict import (
    Choice,
    Evidence,
    Fact,
    FactKind,
    FactSource,
    Subject,
    Target,
    Verdict,
)

__all__ = ["Choice", "Evidence", "Fact", "FactKind", "FactSource", "Subject", "Target", "Verdict", "verify"]
