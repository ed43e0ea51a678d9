"""An encoder reads what somebody liked and one title, and answers with one number.

It learns from K labelled prompts: TALLRec's, or the toy world's (docs/algorithms/bert-ranking.md).
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm
from transformers import AutoModel, AutoTokenizer

from fewrec.data.shots import Shots
from fewrec.data.toy import toy_world
from fewrec.evaluation.tallrec import open_tallrec
from fewrec.metrics.preference import auc
from fewrec.ranker.finetune.pretrained import base_model


class Prompts(Dataset[tuple[str, str, float]]):
    """Shots in words: what somebody said before, what they are asked about, 1 for yes or 0."""

    def __init__(self, shots: Shots, titles: tuple[str, ...]) -> None:
        self.shots, self.titles = shots, titles

    def __len__(self) -> int:
        return len(self.shots)

    def __getitem__(self, n: int) -> tuple[str, str, float]:
        met = self.shots.people.take(np.array([n]))
        liked, disliked = (
            ", ".join(self.titles[i] for i in met.item[(met.label > 0) == side]) or "nothing"
            for side in (True, False)
        )
        asked = self.titles[self.shots.item[n]]
        return f"Liked: {liked}. Disliked: {disliked}.", asked, float(self.shots.label[n])


class Ranker(nn.Module):
    """A pretrained encoder under a head with one output."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.encoder = AutoModel.from_pretrained(folder)
        self.head = nn.Linear(self.encoder.config.hidden_size, 1)

    def forward(self, histories: list[str], items: list[str]) -> Tensor:
        """Logits of B pairs of texts, cut into T tokens. Shape [B]."""
        tokens = self.tokenizer(
            histories, items, padding=True, truncation="only_first", return_tensors="pt"
        )
        hidden = self.encoder(**tokens).last_hidden_state  # [B, T, D]
        mask = tokens["attention_mask"][:, :, None]
        mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1)  # padding does not count
        return self.head(mean).squeeze(1)


def learn(model: Ranker, prompts: Prompts, epochs: int, batch: int = 16) -> list[float]:
    """Minimise (sigmoid(logit) - label)^2 by AdamW with warm-up. Returns the loss of each step."""
    loader = DataLoader(prompts, batch, shuffle=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.01)
    rising = max(epochs * len(loader) // 10, 1)
    warm_up = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1.0, (n + 1) / rising))
    losses = []
    model.train()
    for epoch in range(epochs):
        for histories, items, label in (bar := tqdm(loader, desc=f"epoch {epoch + 1}")):
            guess = torch.sigmoid(model(list(histories), list(items)))
            loss = nn.functional.mse_loss(guess, label.float())  # both of shape [B]
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            warm_up.step()
            losses.append(loss.item())
            bar.set_postfix(loss=f"{losses[-1]:.3f}")
    return losses


@torch.no_grad()
def scores(model: Ranker, prompts: Prompts) -> np.ndarray:
    """P(like) of every prompt, in their order. Shape [N]."""
    model.eval()  # no dropout
    parts = [model(list(h), list(i)) for h, i, _ in DataLoader(prompts, 64)]
    return torch.sigmoid(torch.cat(parts)).numpy()


def read(folder: Path | None) -> tuple[Prompts, Prompts]:
    """Prompts to draw shots from, and prompts of other people to be judged by."""
    if folder is not None:
        bench = open_tallrec(folder)
        return Prompts(bench.pool, bench.whole.titles), Prompts(bench.test, bench.whole.titles)
    rows, titles = toy_world(users=45).interactions, toy_world().catalog.titles
    last = np.flatnonzero(np.diff(rows.user, append=-1))  # of each person; echoes ask about all
    pool, test = (Shots.of(rows, some).echoed()[0] for some in (last[:30], last[30:]))
    return Prompts(pool, titles), Prompts(test, titles)


def main() -> None:
    """Learn from K rows and say how well liked rows are told from others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prompts", nargs="?", type=Path, help="folder with train and test JSON")
    parser.add_argument("--shots", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--model", default="all-minilm-l6-v2", help="or any BERT in a folder")
    told = parser.parse_args()
    torch.manual_seed(0)
    pool, test = read(told.prompts)
    drawn = np.random.default_rng(0).permutation(len(pool))[: told.shots]
    model = Ranker(base_model(told.model).folder)
    losses = learn(model, Prompts(pool.shots.take(drawn), pool.titles), told.epochs)
    print(f"squared error {losses[0]:.3f} -> {losses[-1]:.3f}")
    print(f"AUC {auc(scores(model, test), test.shots.label):.3f} on {len(test)} rows")


if __name__ == "__main__":
    main()
