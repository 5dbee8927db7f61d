"""The nouns of the domain as frozen records in base units: bytes, bytes/s, FLOP/s, tokens."""

# Most records are compared by identity (`eq=False`): writing a comparison and a hash for each class
# takes half the time of its creation, a tenth of a whole answer. Those that are compared or used as
# keys keep theirs. The parts of an architecture do without a `repr` too.
