"""Realistic sample reports, for trying and for load: `gongkai sample`.

>>> [sample.truth["year"] for sample in generate(2, seed=1)][1] - [*generate(1, seed=1)][0].truth["year"]
1
"""

from __future__ import annotations

from indexer.sample.generate import Sample, generate
from indexer.sample.write import write_samples

__all__ = ["Sample", "generate", "write_samples"]
