"""Records: frozen, slotted classes, declared like dataclasses, that cost nothing to import.

`@dataclass` writes the source of a class's methods and compiles it whenever its module is imported:
0.4 ms a class, a quarter of a short command's time. A record's methods are written once, here, and
go by the names of the class's fields. Filling a record costs 1.2 to 1.4 times what it costs a
frozen dataclass.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform, overload

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

REQUIRED: Any = type("Required", (), {"__repr__": lambda _: "REQUIRED"})()


class Field:
    """A field of a record: its default (`REQUIRED`: none), or what makes one for each record."""

    __slots__ = ("default", "default_factory", "name", "repr")

    def __init__(self, default: object) -> None:
        self.name = ""
        self.default = default
        self.default_factory: Callable[[], object] | None = None
        self.repr = True


def field(
    *,
    default: Any = REQUIRED,  # noqa: ANN401  # a value of the field's own type
    default_factory: Callable[[], object] | None = None,
    repr: bool = True,  # noqa: A002  # as the standard library's `field` has it
) -> Any:  # noqa: ANN401  # it stands where the field's default stands
    """Return a field's declaration: one whose default is made anew, or that `repr` leaves out."""
    declared = Field(default)
    declared.default_factory, declared.repr = default_factory, repr
    return declared


class _DataclassFields:
    """The fields as `dataclasses` knows them, made when it asks: its functions take records too."""

    def __get__(self, _: object, kind: type[Record]) -> dict[str, Any]:
        import dataclasses

        columns: list[tuple[str, Any, Any]] = []
        for item in fields(kind):
            options: dict[str, Any] = {"repr": item.repr}
            if item.default is not REQUIRED:
                options["default"] = item.default
            if item.default_factory:
                options["default_factory"] = item.default_factory
            hint = kind.__annotations__[item.name]
            columns.append((item.name, hint, dataclasses.field(**options)))
        twin: Any = dataclasses.make_dataclass(
            kind.__name__, columns, init=False, repr=False, eq=False, namespace={"__doc__": "Twin."}
        )
        kind.__dataclass_fields__ = twin.__dataclass_fields__
        return kind.__dataclass_fields__  # type: ignore[no-any-return]


class Record:
    """What every record inherits: it is filled once, compared by identity and never changed."""

    __slots__ = ()
    __fields__: ClassVar[dict[str, Field]]
    __put__: ClassVar[dict[str, Callable[[object, object], None]]]  # the slots' own setters
    __defaults__: ClassVar[dict[str, object]]
    __factories__: ClassVar[dict[str, Callable[[], object]]]
    __positional__: ClassVar[bool]
    __dataclass_fields__: ClassVar[Any] = _DataclassFields()

    def __init__(self, *args: object, **values: object) -> None:
        kind = type(self)
        put = kind.__put__
        given = kind.__defaults__ | values
        if args:
            given |= _by_position(kind, args, values)
        for name, make in kind.__factories__.items():
            if name not in given:
                given[name] = make()
        try:
            for name, value in given.items():
                put[name](self, value)
        except KeyError as unknown:
            raise TypeError(f"{kind.__name__} has no field {unknown}") from None
        if len(given) < len(put):
            missing = ", ".join(f"'{name}'" for name in put if name not in given)
            raise TypeError(f"{kind.__name__} is missing {missing}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: '{name}' cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: '{name}' cannot be deleted")

    def __repr__(self) -> str:
        shown = (name for name, item in self.__fields__.items() if item.repr)
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({values})"

    def __reduce__(self) -> tuple[object, ...]:
        return _refill, (type(self), as_dict(self))

    def __replace__(self, **changes: object) -> Record:  # what copy.replace calls
        return replace(self, **changes)


def _by_position(
    kind: type[Record], args: tuple[object, ...], values: dict[str, object]
) -> dict[str, object]:
    """Name the values given by position. Raises TypeError where they do not fit the fields."""
    if not kind.__positional__:
        raise TypeError(f"{kind.__name__} takes its fields by keyword only")
    if len(args) > len(kind.__put__):
        raise TypeError(f"{kind.__name__} has {len(kind.__put__)} fields, {len(args)} were given")
    named = dict(zip(kind.__put__, args, strict=False))
    for name in values:
        if name in named:
            raise TypeError(f"{kind.__name__} got '{name}' twice")
    return named


def _refill(kind: type[Record], values: dict[str, object]) -> Record:
    """Make a record again from its fields, for `pickle` and `copy`."""
    return kind(**values)


def _equal(self: Record, other: object) -> Any:  # noqa: ANN401  # NotImplemented too
    if type(other) is not type(self):
        return NotImplemented
    values = type(self).__values__  # type: ignore[attr-defined]  # only of records with `eq`
    return values(self) == values(other)


def _hash(self: Record) -> int:
    return hash(type(self).__values__(self))  # type: ignore[attr-defined]


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(
    *, eq: bool = False, frozen: bool = True, kw_only: bool = True
) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(
    eq_default=False, frozen_default=True, kw_only_default=True, field_specifiers=(field,)
)
def record(
    cls: type[T] | None = None, /, *, eq: bool = False, frozen: bool = True, kw_only: bool = True
) -> type[T] | Callable[[type[T]], type[T]]:
    """Make a class a record: slots and methods for the fields its annotations declare.

    `eq`: records of equal fields are equal and hash alike; without it each equals only itself,
    which makes it a fast key. `frozen=False`: fields may be set. `kw_only=False`: fields may be
    given by position. A record has no base class but Record, and no class variables.
    """
    if cls is None:
        return lambda decorated: _made(decorated, eq=eq, frozen=frozen, positional=not kw_only)
    return _made(cls, eq=eq, frozen=frozen, positional=not kw_only)


def _made(cls: type[T], *, eq: bool, frozen: bool, positional: bool) -> type[T]:
    """Make the class again: slots cannot be added to one that exists."""
    body = {name: value for name, value in vars(cls).items() if name not in _NO_SLOTS}
    declared: dict[str, Field] = {}
    for name in cls.__annotations__:
        item = body.pop(name, REQUIRED)
        if not isinstance(item, Field):
            item = Field(item)
        item.name = name
        declared[name] = item
    body["__slots__"] = body["__match_args__"] = tuple(declared)
    body["__qualname__"] = cls.__qualname__
    body["__fields__"] = declared
    body["__positional__"] = positional
    body["__defaults__"] = {
        name: item.default for name, item in declared.items() if item.default is not REQUIRED
    }
    body["__factories__"] = {
        name: item.default_factory for name, item in declared.items() if item.default_factory
    }
    if not frozen:
        body |= {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    if eq:
        body |= {"__eq__": _equal, "__hash__": _hash, "__values__": attrgetter(*declared)}
    made: Any = type(cls.__name__, (Record,), body)
    made.__put__ = {name: getattr(made, name).__set__ for name in declared}
    return made  # type: ignore[no-any-return]


_NO_SLOTS = ("__dict__", "__weakref__")


def is_record(value: object) -> bool:
    """Tell whether a value is a record: one itself, not the class of some."""
    return isinstance(value, Record)


def fields(of: object) -> tuple[Field, ...]:
    """Return the fields of a record or of a class of records, in their order."""
    declared: dict[str, Field] = of.__fields__  # type: ignore[attr-defined]
    return tuple(declared.values())


def as_dict(of: object) -> dict[str, Any]:
    """Return a record's values by their fields' names; records among them stay records."""
    return {name: getattr(of, name) for name in of.__slots__}  # type: ignore[attr-defined]


def replace(of: T, /, **changes: object) -> T:
    """Return a copy of a record with other values in some fields.

    Raises TypeError for a field it does not have.
    """
    return type(of)(**as_dict(of) | changes)
