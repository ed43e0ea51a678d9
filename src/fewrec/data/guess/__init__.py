"""Guesses what a stranger's files hold and turns them into the tables of a data folder.

The order of the files, from bytes to tables: ``encoding`` (bytes to text), ``dialect`` and
``header`` (text to cells), ``records`` (JSON and parquet), ``reading`` (any file to ``Raw``),
``vocabulary`` and ``headers`` (what names promise), ``numbers``, ``times``, ``opinions`` (what
cells can be read as), ``profile`` (one column), ``tables`` (which table a file is), ``roles``
(which column is the user), ``layouts`` (matrices, lists), ``separate`` (columns that belong to
items or users), ``plan`` (one file), ``joins`` (files that agree), ``deeds``, ``events``,
``describing``, ``things``, ``relations`` (standard tables), ``assembly`` and ``guessing`` (all
together).
"""

from fewrec.data.guess.choices import Choices
from fewrec.data.guess.guessing import Guess, guess_files
from fewrec.data.guess.reading import Spelling

__all__ = ["Choices", "Guess", "Spelling", "guess_files"]
