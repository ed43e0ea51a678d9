"""The route that says what to ask somebody new."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from fewrec.data.slate import Query as Question
from fewrec.errors import EmptyData
from fewrec.service.api.access import Opened, needs
from fewrec.service.schemas import Id, OnboardingOut

ROUTER = APIRouter(prefix="/v1", dependencies=[Depends(needs("read"))], tags=["answers"])
Named = Annotated[list[Id], Query(max_length=500)]


@ROUTER.get("/onboarding")
def get_onboarding(
    service: Opened,
    k: Annotated[int, Query(ge=1, le=100)] = 10,
    user: Annotated[Id | None, Query()] = None,
    likes: Named = [],  # noqa: B006 (FastAPI copies it)
    dislikes: Named = [],  # noqa: B006
    passed: Named = [],  # noqa: B006
) -> OnboardingOut:
    """Which items to ask somebody new about; what they answered or passed is not asked again."""
    try:
        now = service.live.snapshot({user} if user else ())
    except EmptyData:
        return OnboardingOut(method="apart", items=[])
    asked = Question(user=user, likes=tuple(likes), dislikes=tuple(dislikes), k=k)
    return service.welcome.questions(now, asked, passed)
