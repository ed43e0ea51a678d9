"""What may be sent to the service and what it answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    field_validator,
    model_validator,
)

from fewrec.data.quantities import MOMENT, NUMBER
from fewrec.recommender.rules import Rules
from fewrec.service.values import Key, Number, Scalar, Value

MOST_EVENTS = 10_000
MOST_ITEMS = 10_000
MOST_K = 500

Id = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, Field(max_length=10_000)]
Ids = Annotated[list[Id], Field(max_length=1000)]
Context = Annotated[dict[Key, Scalar], Field(max_length=50)]


class Model(BaseModel):
    """Refuses keys it does not know, and numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def _example(**values: JsonValue) -> ConfigDict:
    return ConfigDict(
        extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [dict(values)]}
    )


class Properties(BaseModel):
    """Title and whatever else is known: text, numbers, lists of text."""

    model_config = ConfigDict(
        extra="allow",
        allow_inf_nan=False,
        json_schema_extra={
            "examples": [{"title": "Alien", "genre": ["Horror", "Sci-Fi"], "year": 1979}],
            "properties": {"title": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
            "propertyNames": {
                "minLength": 1,
                "maxLength": 100,
                "not": {"enum": ["item", "user", "state"]},
            },
            "maxProperties": 200,
        },
    )
    __pydantic_extra__: dict[str, Value]

    @model_validator(mode="after")
    def _bounded(self) -> Properties:
        told = self.model_extra or {}
        if len(told) > 200:
            raise ValueError("at most 200 properties")
        for name, value in told.items():
            if not name or len(name) > 100 or name in ("item", "user", "state"):
                raise ValueError(f"{name[:100]!r} cannot be the name of a property")
            if isinstance(value, str) and len(value) > 50_000:
                raise ValueError(f"{name!r} is longer than 50,000 characters")
        if "title" in told and not isinstance(told["title"], str | None):
            raise ValueError("the title must be text")
        return self

    def told(self) -> dict[str, Any]:
        """As a plain dictionary."""
        return dict(self.model_extra or {})


def _nothing_said() -> Properties:
    return Properties.model_validate({})


class ItemIn(Model):
    """An item of a batch."""

    model_config = _example(item="alien", properties={"title": "Alien", "year": 1979})

    item: Id
    properties: Properties = Field(default_factory=_nothing_said)


class UserIn(Model):
    """A person of a batch."""

    model_config = _example(user="ann", properties={"profile": "I like quiet science fiction"})

    user: Id
    properties: Properties = Field(default_factory=_nothing_said)


class Items(Model):
    """A batch of items."""

    items: list[ItemIn] = Field(min_length=1, max_length=MOST_ITEMS)


class Users(Model):
    """A batch of people."""

    users: list[UserIn] = Field(min_length=1, max_length=MOST_ITEMS)


class Item(Model):
    """An item as it stands in the store."""

    item: str
    properties: dict[str, Any]
    state: Literal["shown", "hidden"]


class User(Model):
    """A person as they stand in the store."""

    user: str
    properties: dict[str, Any]
    events: int = Field(description="How many events are known.")


class Written(Model):
    """What a write did."""

    received: int
    new: int = Field(description="How many were not there before.")


class EventIn(Model):
    """Something that happened."""

    model_config = _example(id="e-1", user="ann", item="alien", event="like")

    id: Id | None = Field(
        default=None,
        description="Sent twice, it counts once. Without it a repetition cannot be told.",
    )
    user: Id
    item: Id
    event: Id = Field(description="buy, cart, like, rate, click, play, view, skip, dislike, ...")
    value: Number | None = Field(default=None, description="Of a rating.")
    timestamp: Annotated[float | datetime | None, MOMENT] = Field(
        default=None, description="Seconds since 1970, or a time with its zone; now where missing."
    )
    session: Id | None = None
    slate: Id | None = Field(default=None, description="The slate it answers.")
    context: Context | None = None

    @field_validator("timestamp")
    @classmethod
    def _seconds(cls, given: float | datetime | None) -> float | None:
        if isinstance(given, datetime):
            given = (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
        if given is not None and not 0 <= given < 1e11:
            raise ValueError("seconds since 1970 are wanted, not milliseconds")
        return given

    @model_validator(mode="after")
    def _rated(self) -> EventIn:
        if self.event == "rate" and self.value is None:
            raise ValueError("a rating needs a value")
        return self


class Events(Model):
    """A batch of events."""

    events: list[EventIn] = Field(min_length=1, max_length=MOST_EVENTS)


class Session(Model):
    """What somebody anonymous did just now; items by id or title."""

    likes: Ids = Field(default_factory=list)
    dislikes: Ids = Field(default_factory=list)
    views: Ids = Field(default_factory=list)


class Ask(Model):
    """Who asks for what. All of user, session and profile may be given together, or none."""

    model_config = _example(user="ann", k=5, explain=True)

    user: Id | None = None
    session: Session = Field(default_factory=Session)
    profile: Text = ""
    k: Annotated[int, NUMBER] = Field(default=10, ge=1, le=MOST_K)
    offset: Annotated[int, NUMBER] = Field(default=0, ge=0, le=10_000)
    category: Text | None = Field(
        default=None, description="Only items of which a category or list has this value."
    )
    exclude: Ids = Field(default_factory=list, description="Ids never to be shown.")
    include_seen: StrictBool = False
    context: Context = Field(default_factory=dict)
    explain: StrictBool = False
    diversity: Annotated[float, NUMBER] = Field(default=0.0, ge=0.0, le=1.0)


class Placed(Model):
    """One item of a slate."""

    item: str
    title: str
    rank: int
    score: float
    reasons: list[str] = Field(default_factory=list)
    contributions: dict[str, float] = Field(default_factory=dict)
    propensity: float = Field(
        default=1.0, description="Probability of this item here, given the places before it."
    )


class SlateOut(Model):
    """The answer."""

    slate: str = Field(description="Name it in events, so that the answer can be learned from.")
    user: str | None
    stage: str = Field(description="popular, people, profile, few or warm: what was known.")
    model: str
    items: list[Placed]
    notes: list[str] = Field(default_factory=list)


class Listed(Model):
    """An item in a plain list."""

    item: str
    title: str
    score: float | None = None


class ListOut(Model):
    """A plain list."""

    items: list[Listed]


class OnboardingOut(Model):
    """What to ask somebody new; the score is the probability that they know the item."""

    method: Literal["design", "apart"] = Field(
        description="`design`: answers tell most about all else; `apart`: nothing happened yet, "
        "so items that are unlike each other."
    )
    items: list[Listed]


class Pair(Model):
    """A person and an item."""

    user: Id
    item: Id


class Pairs(Model):
    """Pairs to score."""

    model_config = _example(pairs=[{"user": "ann", "item": "alien"}])

    pairs: list[Pair] = Field(min_length=1, max_length=10_000)


class Scores(Model):
    """P(like) of each pair, in their order."""

    scores: list[float]
    calibrated: bool = Field(description="False: they order pairs, but are no probabilities.")
    model: str


class Reaction(Model):
    """An answer to one item of a slate."""

    model_config = _example(item="alien", event="like")

    item: Id
    event: Id
    value: Number | None = None
    id: Id | None = None


class Feedback(Model):
    """Answers to a slate."""

    user: Id | None = Field(
        default=None, description="Who answered, where the slate was made for nobody known."
    )
    reactions: list[Reaction] = Field(min_length=1, max_length=MOST_K)


class RulesIn(Rules):
    """The whole of the business rules; what is not named goes back to its default.

    What each key means: docs/algorithms/rules.md.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"hidden": ["item-17"], "must_show": {"1": "item-4"}, "repeats": False}]
        }
    )


class RulesOut(Model):
    """The rules in force."""

    rules: Rules
    sources: dict[str, Literal["api", "fewrec.toml", "default"]] = Field(
        description="Where each rule comes from."
    )
    waiting: dict[str, list[str]] = Field(
        description="Rules on what is not there yet (items, columns, values): they wait for it."
    )


class RuleRow(Model):
    """What one rule did; rules on columns or conditions stand alone for each of them."""

    rule: str
    fired: int | None = Field(
        default=None,
        description="Items it kept away or put in; only of rules that are counted.",
    )
    slates: int | None = Field(default=None, description="Slates in which it made a difference.")
    ndcg: float | None = Field(default=None, description="NDCG@10 with all rules in force.")
    without: float | None = Field(default=None, description="NDCG@10 with all rules but this one.")
    cost: float | None = Field(
        default=None, description="What it costs; below 0 it helps. Only of rules in force."
    )
    cost_low: float | None = Field(default=None, description="95 % interval by person.")
    cost_high: float | None = None


class RuleReport(Model):
    """What the rules did lately."""

    days: float
    slates: int = Field(description="Slates of this time whose firings were counted.")
    people: int = Field(description="People on whose later likes the cost was judged.")
    since: float | None = Field(
        default=None, description="Strictly before this time everything was known of them."
    )
    rules: list[RuleRow]
    notes: list[str] = Field(default_factory=list)


class KeyIn(Model):
    """A key to be made."""

    model_config = _example(name="shop", role="write")

    name: Id
    role: Literal["admin", "write", "read"]


class KeyOut(Model):
    """A key without its secret."""

    key: str
    name: str
    role: str
    created: float


class KeyMade(Model):
    """A new key; its secret is shown this once."""

    secret: str


class Health(Model):
    """How the service is."""

    status: Literal["ok", "starting"]
    model: str | None = None
    refitting: bool = False
    counts: dict[str, int] = Field(default_factory=dict)


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request: str = ""
    errors: list[dict[str, Any]] | None = None
