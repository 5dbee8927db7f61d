"""Names → records. The only room that knows where tables live."""

from fitcheck.catalog.catalog import Catalog, Table
from fitcheck.catalog.load import load

__all__ = ["Catalog", "Table", "load"]
