"""Realistic sample reports, for trying and for load: `gongkai sample`.

>>> first, second = generate(2, seed=1)
>>> second.truth["year"] - first.truth["year"]
1
"""

from __future__ import annotations

from indexer.sample.generate import Sample, generate
from indexer.sample.write import write_samples

__all__ = ["Sample", "generate", "write_samples"]
