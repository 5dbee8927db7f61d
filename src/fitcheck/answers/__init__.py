"""A Query → an Answer: the use cases (one verdict, comparing, ranking, the largest context)."""
