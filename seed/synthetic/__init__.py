"""A large, plainly fictional register from a fixed seed, for tests and benchmarks.

Every name begins with 示例 or holds （虚构）, every record is flagged as a demonstration, every code carries
TERT and every trademark number lies far above any that was ever given. The same sizes and seed are the same
stream of payloads, and they go the way every other record goes: drafts by one account, published by another.
"""

from seed.synthetic.loading import Step, fill
from seed.synthetic.sizes import Sizes
from seed.synthetic.stream import Section, sections

__all__ = ["Section", "Sizes", "Step", "fill", "sections"]
