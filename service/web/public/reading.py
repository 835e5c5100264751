"""Pages to read: help, method and limits, for developers, personal data, accessibility."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.register.lookups.sources import legal_instruments
from service.register.verification.reading import data_version
from service.vocabulary import ApiAct, AreaTier, Outcome, Track, VerificationLevel
from service.web.admission import ADDRESS, KEY, ROWS_OF_ADDRESS, ROWS_OF_KEY
from service.web.deps import ReadSessionDep, SettingsDep, TodayDep
from service.web.templating import render

router = APIRouter()


@router.get("/help")
def help_page(request: Request) -> HTMLResponse:
    """Return how to read a pack and how to check it."""
    return render(request, "public/help.html")


@router.get("/method")
def method(request: Request, session: ReadSessionDep, today: TodayDep) -> HTMLResponse:
    """Return how the register is made, what its words mean, and what it cannot say."""
    return render(
        request,
        "public/method.html",
        tracks=tuple(Track),
        levels=tuple(VerificationLevel),
        tiers=tuple(AreaTier),
        outcomes=tuple(Outcome),
        instruments=legal_instruments(session),
        data_version=data_version(session),
        today=today,
    )


@router.get("/developers")
def developers(request: Request, session: ReadSessionDep) -> HTMLResponse:
    """Return the way into the API."""
    limits = [(act, ADDRESS[act], KEY[act]) for act in ApiAct if act is not ApiAct.KEY]
    return render(
        request,
        "public/developers.html",
        data_version=data_version(session),
        limits=limits,
        rows=(ROWS_OF_ADDRESS, ROWS_OF_KEY),
    )


@router.get("/privacy")
def privacy(request: Request, settings: SettingsDep) -> HTMLResponse:
    """Return what is done with personal data."""
    return render(request, "public/privacy.html", keep_days=settings.leads_keep_days)


@router.get("/accessibility")
def accessibility(request: Request) -> HTMLResponse:
    """Return what people with disabilities can do here, and what is missing."""
    return render(request, "public/accessibility.html")
