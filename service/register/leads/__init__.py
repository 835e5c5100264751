"""Leads: taking in what people report, what is done about it by which day, and keeping who they are apart.

Source: interim measures on complaints and reports (State Administration for Market Regulation, amended 2022-03-24)
for complaints; procedure of administrative penalties in market regulation art. 18 for reports. Decisions 0011, 0020,
0024.
"""

from service.register.leads.contacts import erase_due, erase_now, read_lead
from service.register.leads.handling import Handling, handle
from service.register.leads.inbox import (
    Due,
    Inbox,
    LeadQuery,
    LeadRow,
    overdue_leads,
    read_inbox,
    row_of,
)
from service.register.leads.moves import (
    DONE,
    LONGEST_BODY,
    LONGEST_NOTE,
    MOVES,
    faults_of,
    needs_note,
    state_of,
)
from service.register.leads.periods import Deadline, Step
from service.register.leads.punctuality import Punctuality, punctuality
from service.register.leads.reading import LeadView, ReceiptView, find_lead, find_receipt, read_receipt
from service.register.leads.receiving import Contact, Report, enter, receive

__all__ = [
    "DONE",
    "LONGEST_BODY",
    "LONGEST_NOTE",
    "MOVES",
    "Contact",
    "Deadline",
    "Due",
    "Handling",
    "Inbox",
    "LeadQuery",
    "LeadRow",
    "LeadView",
    "Punctuality",
    "ReceiptView",
    "Report",
    "Step",
    "enter",
    "erase_due",
    "erase_now",
    "faults_of",
    "find_lead",
    "find_receipt",
    "handle",
    "needs_note",
    "overdue_leads",
    "punctuality",
    "read_inbox",
    "read_lead",
    "read_receipt",
    "receive",
    "row_of",
    "state_of",
]
