"""The fusion: one ranker from all experts, trusting each as far as what is known allows.

The score of item i for a person of whom k interactions are known is a sum over experts e,

    s(u, i) = sum_e [ w_e(k) g(c) + v_e(k) (1 - g(c)) ] z_e(u, i),    g(c) = c / (c + kappa),

z_e the expert's score standardised over the person's candidates, c the interactions known of
the item. Experts that read what an item *is* have weights v of their own for new items:
``v_e(k) = s(k) d_e(k)``, the direction d learned by ranking hidden items among themselves, the
scale s by ranking them among all others. For the other experts v = w. Each summand, centred
over the candidates, is that expert's contribution; contributions add up to the score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.evidence import Evidence, Fact
from fewrec.data.histories import Histories
from fewrec.data.visits import ordered
from fewrec.protocols import FittedRanker, FittedShotModel, Ranker, Training
from fewrec.ranker.alone import gathered, person_terms
from fewrec.ranker.baselines import user_rate
from fewrec.ranker.candidates import Approximate, rescored
from fewrec.ranker.gating import direction_of, filled, known_and_new
from fewrec.ranker.later import FittedLater, Later
from fewrec.ranker.pair_signals import pair_signals, reader_signal, relative
from fewrec.ranker.preference import (
    Pairs,
    as_signal,
    fit_preference,
    logit,
    preference_prior,
    sigmoid,
)
from fewrec.ranker.rehearsal import (
    KNOTS,
    Lists,
    Progress,
    Rehearsal,
    Rehearsed,
    item_rates,
    standardised,
)
from fewrec.ranker.sequence.present import Present
from fewrec.ranker.sequence.rehearsing import VisitRehearsal
from fewrec.ranker.together import Crowd
from fewrec.ranker.weights import TrustFit, at_counts, best_single
from fewrec.seeding import generator


@dataclass(frozen=True)
class Fusion:
    """The ranker called ``hybrid``.

    Attributes:
        experts: Rankers by name.
        content: Names of those that can speak about items nobody met yet.
        rehearsal: How coldness is simulated.
        fit_trust: How weights are fitted.
        visit: Rankers of what goes on just now, weighed on rehearsed visits; none where the
            order of rows is not to be learned from.
        later: How later rows of people teach P(like); None where they are not to.
    """

    experts: Mapping[str, Ranker]
    content: tuple[str, ...]
    rehearsal: Rehearsal = field(default_factory=Rehearsal)
    fit_trust: TrustFit = field(default_factory=TrustFit)
    visit: Mapping[str, Ranker] = field(default_factory=dict)
    later: Later | None = field(default_factory=Later)

    def fit(self, training: Training, progress: Progress | None = None) -> FittedFusion:
        """Rehearse, learn whom to trust when, then fit every expert on all data."""
        names = tuple(self.experts)
        cold_names = tuple(name for name in self.content if name in self.experts)
        visits = VisitRehearsal(self.visit, training, self.rehearsal)
        beside = visits.fold if self.visit and ordered(training.interactions) else None
        rehearsed = self.rehearsal.run(self.experts, training, cold_names, progress, beside)
        warm, cold = rehearsed.people, rehearsed.items
        direction = direction_of(cold, cold_names, self.fit_trust)
        known, new, trust = known_and_new(warm, names, cold_names, direction, self.fit_trust)
        fusion = FittedFusion(
            experts={name: ranker.fit(training) for name, ranker in self.experts.items()},
            known=known,
            new=new,
            preference=_preference(rehearsed, training, names),
            met=_met(training),
            base_rate=training.interactions.counts.base_rate,
            kappa=self.rehearsal.kappa,
            trust=trust,
            singles={str(k): best_single(lists, names) for k, lists in warm.items()},
            new_singles={str(k): best_single(lists, cold_names) for k, lists in cold.items()},
            present=self._present(training, visits.joined(known, new)),
        )
        if self.later is None:
            return fusion
        return replace(fusion, later=self.later.fit(self.experts, training, fusion.told_by))

    def _present(self, training: Training, lists: Mapping[int, Lists]) -> Present | None:
        if not self.visit:
            return None
        fitted = {name: ranker.fit(training) for name, ranker in self.visit.items()}
        return Present.learned(fitted, lists, self.fit_trust)


def _met(training: Training) -> Ints:
    items = training.interactions
    return np.bincount(items.item, minlength=len(items.items)).astype(np.int64)


def _preference(rehearsed: Rehearsed, training: Training, names: tuple[str, ...]) -> Doubles:
    """Weights of P(like) at all knots. Shape [Q, 2 + E + 1]."""
    negatives = training.interactions.has_negatives
    pairs, base = rehearsed.pairs, 0.0
    if negatives:
        base = float(logit(training.interactions.counts.base_rate))
    else:
        random = generator(training.seed, "unseen")
        pairs = {k: _against_unseen(lists, random) for k, lists in rehearsed.people.items()}
    prior = preference_prior(names)
    prior[-1] = base
    weights = np.tile(prior, (len(KNOTS), 1))
    if pairs:
        fitted = fit_preference(pairs, names, base)
        weights = filled(weights, [KNOTS.index(k) for k in pairs], fitted)
    if not negatives:
        weights[:, :2] = 0.0  # among likes alone, rates say nothing
    return weights


def _against_unseen(lists: Lists, random: np.random.Generator) -> Pairs:
    """Likes against as many unseen items drawn at random: all there is without dislikes."""
    liked = np.flatnonzero(lists.relevant)
    other = lists.valid & ~lists.relevant
    chance = np.where(other, lists.weight, 0.0).ravel()
    drawn = np.zeros(0, dtype=np.int64)
    if chance.any():
        drawn = random.choice(len(chance), size=len(liked), p=chance / chance.sum())
    experts = lists.experts.transpose(0, 2, 1).reshape(-1, lists.experts.shape[1])
    rows = experts[np.concatenate([liked, drawn])].astype(np.float64)
    label = np.repeat([1.0, 0.0], [len(liked), len(drawn)])
    return Pairs(np.column_stack([np.zeros((len(rows), 2)), rows]), label)


@dataclass(frozen=True)
class FittedFusion:
    """Fitted experts and how far each is trusted.

    Attributes:
        experts: E fitted rankers by name.
        known: Weights among known items at each knot. Shape [Q, E].
        new: Weights among new items at each knot. Shape [Q, E].
        preference: Weights of P(like) at each knot; those of the readers, R, stand between those
            of the experts and the intercept. Shape [Q, 2 + E + R + 1].
        met: Interactions known of each item. Shape [I].
        base_rate: Share of likes among all rows.
        kappa: Interactions at which an item is half known.
        trust: How far the weights climbed the metric beyond the likelihood, in [0, 1].
        singles: Cross-fitted NDCG@10 of each expert alone at each knot (keys are strings).
        new_singles: The same among hidden items.
        readers: R models that only answer rows (a language model that reads both sides), by name;
            their log-odds are parts of P(like).
        among: Over so many items (the first ones) scores are standardised where pairs are asked
            about, so that newcomers change no answer about others; over all where 0.
        present: Experts of the visit that goes on, S of them, and how far they are trusted; None
            where the order of rows was not learned from.
        later: What later rows of people said of P(like); None where they said nothing.
    """

    experts: dict[str, FittedRanker]
    known: Doubles
    new: Doubles
    preference: Doubles
    met: Ints
    base_rate: float
    kappa: float
    trust: float
    singles: dict[str, dict[str, float]]
    new_singles: dict[str, dict[str, float]]
    readers: dict[str, FittedShotModel] = field(default_factory=dict)
    among: int = 0
    present: Present | None = field(default=None, metadata={"saved": False})
    later: FittedLater | None = field(default=None, metadata={"saved": False})

    @property
    def parts(self) -> dict[str, FittedRanker]:
        """All that contributes: the experts, then those of the visit."""
        return {**self.experts, **(self.present.experts if self.present else {})}

    def in_visit(self, people: Histories) -> bool:
        """Whether anybody is in a visit, or something is said of anybody's moment."""
        return self.present is not None and bool(self.present.active(people).any())

    def scores(self, people: Histories) -> Floats:
        """Sum of the contributions. Shape [B, I]."""
        if len(people) == 1 and not self.in_visit(people):
            met = people.ruled_out()
            scores = gathered(self.terms(people, tuple(self.experts)), self.warmth, met)
            return self._rescored(scores, people)[None, :]
        if not self.in_visit(people):
            return self.crowd(people).scores(self.warmth)
        added: Floats = self.contributions(people).sum(axis=1, dtype=np.float32)
        return added

    def _rescored(self, scores: Floats, person: Histories) -> Floats:
        """Scores for one person, the best of them exactly where experts are rough. Shape [I]."""
        for e, expert in enumerate(self.experts.values()):
            if isinstance(expert, Approximate) and expert.rough:
                known, new = (
                    at_counts(w, KNOTS, person.count)[0, e] for w in (self.known, self.new)
                )
                gate = (known * self.warmth + new * (1.0 - self.warmth)).astype(np.float32)
                scores = rescored(scores, gate, expert, expert.scores(person)[0], person)
        return scores

    def crowd(self, people: Histories) -> Crowd:
        """What all experts say of many people, none of them in a visit, added up."""
        known, new = (at_counts(w, KNOTS, people.count) for w in (self.known, self.new))
        return Crowd.of(tuple(self.experts.values()), known, new, people, len(self.met))

    def terms(self, person: Histories, names: Sequence[str]) -> Floats:
        """What some experts say of one person (B = 1), as ``alone.gathered`` takes it. [2, I]."""
        place = [list(self.experts).index(name) for name in names]
        return person_terms(
            [self.experts[name] for name in names],
            at_counts(self.known, KNOTS, person.count)[0, place],
            at_counts(self.new, KNOTS, person.count)[0, place],
            person,
            person.ruled_out(),
            len(self.met),
        )

    def contributions(self, people: Histories) -> Floats:
        """What each part adds, centred over each person's unseen items. Shape [B, E + S, I]."""
        seen = people.seen(len(self.met)).toarray() > 0
        known = at_counts(self.known, KNOTS, people.count)
        new = at_counts(self.new, KNOTS, people.count)
        if self.present is not None:
            profile, visit = self.present.shares(people)
            known, new = (np.hstack([w * profile[:, None], visit]) for w in (known, new))
        warmth = self.warmth
        parts = self.parts
        terms = np.zeros((len(people), len(parts), len(self.met)), dtype=np.float32)
        number = np.maximum((~seen).sum(axis=1, keepdims=True), 1)
        for e, ranker in enumerate(parts.values()):
            if known[:, e].any() or new[:, e].any():
                gate = np.outer(known[:, e], warmth) + np.outer(new[:, e], 1.0 - warmth)
                term = standardised(ranker.scores(people), seen) * gate.astype(np.float32)
                mean = np.where(seen, 0.0, term).sum(axis=1, keepdims=True) / number
                terms[:, e] = term - mean
        return terms

    @cached_property
    def warmth(self) -> Floats:
        """g(c) = c / (c + kappa) of each item. Shape [I]."""
        return (self.met / (self.met + self.kappa)).astype(np.float32)

    def probabilities(self, people: Histories) -> Floats:
        """P(like) of every item for B people, having met it. In [0, 1], shape [B, I]."""
        return sigmoid(self.logits(people, self.item_logits[None, :])).astype(np.float32)

    def logits(self, people: Histories, item_logits: Doubles) -> Doubles:
        """Log-odds of liking, given log-odds of the items' like-rates relative to the base rate.

        Args:
            people: B people.
            item_logits: Shape [1, I] or [B, I].

        Returns:
            Shape [B, I].
        """
        weights = self._preference(people)
        value = weights[:, :1] * item_logits + weights[:, -1:]
        for n, signal in enumerate(self._signals(people)):
            value += weights[:, 1 + n, None] * signal
        if self.later is not None:
            value += self.later.told(people)
        every = np.arange(len(self.met))
        for r, reader in enumerate(self.readers.values()):
            for b in range(len(people)):
                told = reader_signal(reader, people.take(np.full(len(every), b)), every)
                value[b] += weights[b, 2 + len(self.experts) + r] * told
        return value

    def told_by(
        self, experts: dict[str, FittedRanker], rows: Interactions, people: Histories
    ) -> tuple[Floats, Doubles]:
        """What other fits of the same experts would tell of P(like), weighed as here.

        Args:
            experts: E experts, fitted on some rows.
            rows: These rows.
            people: B people.

        Returns:
            Signals, shape [B, 2 + E, I], and log-odds of liking, shape [B, I].
        """
        met = np.bincount(rows.item, minlength=len(rows.items)).astype(np.int64)
        then = replace(self, experts=experts, met=met, base_rate=rows.counts.base_rate, later=None)
        item = then.item_logits
        wide = (len(people), len(met))
        told = [np.broadcast_to(s, wide) for s in (item[None, :], *then._signals(people))]
        return np.stack(told, axis=1).astype(np.float32), then.logits(people, item[None, :])

    @property
    def item_logits(self) -> Doubles:
        """Log-odds of the items' like-rates relative to the base rate. Shape [I]."""
        rates = item_rates(self.experts, np.full(len(self.met), self.base_rate))
        return logit(rates) - float(logit(self.base_rate))

    def _preference(self, people: Histories) -> Doubles:
        """Weights of P(like) for each person. Shape [B, 2 + E + R + 1]."""
        weights = at_counts(self.preference, KNOTS, people.count)
        if self.later is not None:
            weights[:, : 2 + len(self.experts)] += self.later.shift(people.count)
        return weights

    def _signals(self, people: Histories) -> Iterator[Doubles | Floats]:
        """What P(like) weighs besides items' like-rates: [B, 1], then [B, I] of each expert."""
        among = self.among or len(self.met)
        base = float(logit(self.base_rate))
        yield (logit(user_rate(people, self.base_rate)) - base)[:, None]
        for name, ranker in self.experts.items():
            raw = ranker.scores(people)
            # nothing is "seen" here: P(like) is asked of items the person has met
            yield as_signal(name, raw, relative(raw, raw[:, :among]), self.warmth)

    def pair_logits(self, people: Histories, item: Ints) -> Doubles:
        """Log-odds that each of N people likes one item, row by row. Shape [N]."""
        logits: Doubles = sum(self.pair_parts(people, item).values(), np.zeros(len(item)))
        return logits

    def pair_parts(self, people: Histories, item: Ints) -> dict[str, Doubles]:
        """What adds up to ``pair_logits``, part by part.

        Args:
            people: N people.
            item: One item for each. Shape [N].

        Returns:
            The N summands of each part: of the item's and the person's like-rate, of every
            expert and reader, ``later`` where later rows taught anything, and ``base``, which
            says how much is liked at all.
        """
        told = pair_signals(
            self.experts,
            self.readers,
            people,
            item,
            base_rate=self.base_rate,
            warmth=self.warmth,
            among=self.among or len(self.met),
        )
        weights = self._preference(people)
        names = ("item-rate", "like-rate", *self.experts, *self.readers)
        parts = {name: weights[:, n] * told[:, n] for n, name in enumerate(names)}
        if self.later is not None:
            parts["later"] = self.later.told(people)[np.arange(len(item)), item]
        return {**parts, "base": weights[:, -1]}

    def item_slope(self, people: Histories) -> Doubles:
        """How much the log-odds of an item's like-rate count for each person. Shape [B]."""
        return self._preference(people)[:, 0]

    def evidence(self, person: Histories, items: Ints, ids: tuple[str, ...]) -> list[Evidence]:
        """Why each of N items has its score for one person (B = 1).

        Args:
            person: The person.
            items: Item rows. Shape [N].
            ids: Id of every item row.

        Returns:
            N pieces of evidence; the amounts of a part's facts are scaled so that together they
            carry at most what the part contributes.
        """
        terms = self.contributions(person)[0][:, items]
        found = {
            name: ranker.facts(person, items)
            for e, (name, ranker) in enumerate(self.parts.items())
            if terms[e].max(initial=0.0) > 0
        }
        names = list(self.parts)
        answer = []
        for n, item in enumerate(items):
            parts = {name: float(terms[e, n]) for e, name in enumerate(names)}
            facts = [
                scaled
                for name, lists in found.items()
                if parts[name] > 0
                for scaled in _scaled(lists[n], parts[name])
            ]
            facts.sort(key=lambda fact: -fact.amount)
            kept = {name: amount for name, amount in parts.items() if amount != 0.0}
            score = float(terms[:, n].sum(dtype=np.float32))
            answer.append(Evidence(ids[item], score, kept, tuple(facts)))
        return answer

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """The facts of the evidence alone."""
        ids = tuple(str(i) for i in range(len(self.met)))
        return [list(piece.facts) for piece in self.evidence(person, items, ids)]

    def extended(self, training: Training) -> FittedFusion:
        """Every expert extended; trust stays as fitted."""
        experts = {name: ranker.extended(training) for name, ranker in self.experts.items()}
        readers = {name: reader.extended(training) for name, reader in self.readers.items()}
        present = None if self.present is None else self.present.extended(training)
        later = None if self.later is None else self.later.extended(training)
        return replace(
            self, experts=experts, readers=readers, met=_met(training), present=present, later=later
        )

    def chosen_single(self, k: int, new_items: bool = False) -> str:
        """The single ranker that the training part would choose for k known interactions.

        Args:
            k: Interactions known of a person.
            new_items: Whether to rank among items nobody met.

        Returns:
            Its name; "popularity" (or the first content expert) where nothing was rehearsed.
        """
        table = self.new_singles if new_items else self.singles
        if not table:
            return next(iter(self.experts))
        knot = min(table, key=lambda known: abs(np.log1p(int(known)) - np.log1p(k)))
        return max(table[knot], key=lambda name: table[knot][name])


def _scaled(facts: list[Fact], contribution: float) -> list[Fact]:
    """Facts whose amounts add up to at most the contribution."""
    total = sum(fact.amount for fact in facts if fact.amount > 0)
    if total <= 0:
        return [replace(fact, amount=contribution / len(facts)) for fact in facts]
    return [replace(fact, amount=contribution * fact.amount / total) for fact in facts]
