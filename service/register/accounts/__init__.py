"""Accounts of the staff: who they are, how they show it, and the sessions of their browsers. Decision 0016."""

from service.register.accounts.keeping import (
    Account,
    NewAccount,
    add_staff,
    change_roles,
    count_who_can_sign_in,
    find_account,
    find_staff,
    give_one_time_password,
    list_accounts,
    open_account,
    reset_second_factor,
    set_active,
)
from service.register.accounts.own import (
    ChangeOfPassword,
    begin_second_factor,
    change_password,
    confirm_second_factor,
    end_session,
    prepare_password,
)
from service.register.accounts.passwords import Checked
from service.register.accounts.passwords import check as check_password
from service.register.accounts.sessions import (
    ABSOLUTE,
    IDLE,
    Duty,
    SignedIn,
    find_session,
    list_sessions,
    touch,
)
from service.register.accounts.signing_in import NewSession, Refusal, prove, sign_in, sign_out

__all__ = [
    "ABSOLUTE",
    "IDLE",
    "Account",
    "ChangeOfPassword",
    "Checked",
    "Duty",
    "NewAccount",
    "NewSession",
    "Refusal",
    "SignedIn",
    "add_staff",
    "begin_second_factor",
    "change_password",
    "change_roles",
    "check_password",
    "confirm_second_factor",
    "count_who_can_sign_in",
    "end_session",
    "find_account",
    "find_session",
    "find_staff",
    "give_one_time_password",
    "list_accounts",
    "list_sessions",
    "open_account",
    "prepare_password",
    "prove",
    "reset_second_factor",
    "set_active",
    "sign_in",
    "sign_out",
    "touch",
]
