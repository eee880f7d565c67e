"""Translation of functions by Numba, with lanes as vectors. The only module that imports Numba."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, lower_cast, models, register_jitable, register_model

from xorviz.core.arrays import Array, Steps
from xorviz.core.kernels import lanes

Value = Any
"""An expression in LLVM's intermediate representation."""
Builder = Any

_DOUBLE, _INT, _INDEX = ir.DoubleType(), ir.IntType(64), ir.IntType(32)


class Lanes(types.Type):  # type: ignore[misc]
    """The type of so many lanes."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(name=f"Lanes({count})")


@register_model(Lanes)
class _Model(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: object, lanes_type: Lanes) -> None:
        super().__init__(manager, lanes_type, ir.VectorType(_DOUBLE, lanes_type.count))


_FOUR, _EIGHT = Lanes(4), Lanes(8)
_KINDS = {"x": Lanes, "n": types.Float, "i": types.Integer, "m": types.CPointer}
"""Kinds of arguments: lanes, a number, a whole number, memory."""
_TYPES = {"n": types.float64, "i": types.intp, "m": types.CPointer(types.float64)}


def _register(
    function: Callable[..., object], kinds: str, result: Any, build: Callable[..., Value]
) -> None:
    """Give a function its types and its instructions. All its lanes are equally many."""

    class Template(AbstractTemplate):  # type: ignore[misc]
        def generic(self, args: tuple[Any, ...], _named: object) -> Any:
            lanes_type = next((arg for arg in args if isinstance(arg, Lanes)), None)
            known = _TYPES | {"x": lanes_type}
            fits = len(args) == len(kinds) and ("x" not in kinds or lanes_type is not None)
            return signature(known.get(result, result), *map(known.get, kinds)) if fits else None

    infer_global(function)(Template)

    @lower_builtin(function, *[_KINDS[kind] for kind in kinds])  # type: ignore[untyped-decorator]
    def lowered(_context: object, builder: Builder, _types: object, values: Any) -> Value:
        return build(builder, *values)


def _constant(like: Value, number: float) -> Value:
    return ir.Constant(like.type, [number] * like.type.count)


def _as_whole(builder: Builder, x: Value) -> Value:
    return builder.bitcast(x, ir.VectorType(_INT, x.type.count))


def _shuffled(builder: Builder, a: Value, b: Value, order: list[int]) -> Value:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_INDEX, len(order)), order))


def _splat(builder: Builder, number: Value, count: int) -> Value:
    nothing = ir.Constant(ir.VectorType(_DOUBLE, count), ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(_INDEX, 0))
    return _shuffled(builder, first, nothing, [0] * count)


@lower_cast(types.Float, Lanes)  # type: ignore[untyped-decorator]
def _cast(_context: object, builder: Builder, _from: object, to: Lanes, number: Value) -> Value:
    return _splat(builder, number, to.count)


def _place(builder: Builder, memory: Value, row: Value, like: Value) -> Value:
    index = builder.mul(row, ir.Constant(_INT, like.type.count))
    return builder.bitcast(builder.gep(memory, [index]), like.type.as_pointer())


def _load(builder: Builder, memory: Value, row: Value, like: Value) -> Value:
    return builder.load(_place(builder, memory, row, like), align=8)


def _store(builder: Builder, memory: Value, row: Value, x: Value) -> Value:
    builder.store(x, _place(builder, memory, row, x), align=8)
    return ir.Constant(ir.IntType(8).as_pointer(), None)


def _chosen(comparison: str) -> Callable[..., Value]:
    """Return what builds y where it compares so with x, otherwise x."""

    def build(builder: Builder, x: Value, y: Value) -> Value:
        return builder.select(builder.fcmp_ordered(comparison, y, x), y, x)

    return build


def _sums(builder: Builder, a: Value, b: Value, c: Value, d: Value) -> Value:
    def halves(x: Value, y: Value) -> Value:
        low, high = (_shuffled(builder, x, y, order) for order in ([0, 1, 4, 5], [2, 3, 6, 7]))
        return builder.fadd(low, high)

    x, y = halves(a, b), halves(c, d)
    even, odd = (_shuffled(builder, x, y, order) for order in ([0, 2, 4, 6], [1, 3, 5, 7]))
    return builder.fadd(even, odd)


def _folded(join: Callable[..., Value]) -> Callable[..., Value]:
    """Return what joins four lanes to one number: 0 and 2, 1 and 3, then both."""

    def build(builder: Builder, x: Value) -> Value:
        x = join(builder, x, _shuffled(builder, x, x, [2, 3, 2, 3]))
        x = join(builder, x, _shuffled(builder, x, x, [1, 1, 1, 1]))
        return builder.extract_element(x, ir.Constant(_INDEX, 0))

    return build


def _picked(builder: Builder, index: Value, *given: Value) -> Value:
    x = given[-1]
    for number, other in enumerate(given[:-1]):
        is_it = builder.fcmp_ordered("==", index, _constant(index, float(number)))
        x = builder.select(is_it, other, x)
    return x


def _absolute(builder: Builder, x: Value) -> Value:
    whole = _as_whole(builder, x)
    return builder.bitcast(builder.and_(whole, _constant(whole, 2**63 - 1)), x.type)


def _root(builder: Builder, x: Value) -> Value:
    kind = ir.FunctionType(x.type, [x.type])
    name = f"llvm.sqrt.v{x.type.count}f64"
    return builder.call(
        builder.module.globals.get(name) or ir.Function(builder.module, kind, name), [x]
    )


def _is_above_0(builder: Builder, x: Value) -> Value:
    zero, one = _constant(x, 0.0), _constant(x, 1.0)
    return builder.select(builder.fcmp_ordered(">", x, zero), one, zero)


def _power_of_two(builder: Builder, shifted: Value) -> Value:
    whole = _as_whole(builder, shifted)
    biased = builder.add(whole, _constant(whole, lanes.EXPONENT_BIAS))
    return builder.bitcast(builder.shl(biased, _constant(whole, lanes.MANTISSA_BITS)), shifted.type)


def _zeros(lanes_type: Lanes) -> Callable[..., Value]:
    kind = ir.VectorType(_DOUBLE, lanes_type.count)
    return lambda _: ir.Constant(kind, [0.0] * lanes_type.count)


for _operator, _name in (
    *((operator.add, "fadd"), (operator.sub, "fsub")),
    *((operator.mul, "fmul"), (operator.truediv, "fdiv")),
):
    _register(_operator, "xx", "x", lambda builder, a, b, name=_name: getattr(builder, name)(a, b))
_register(lanes.four, "", _FOUR, _zeros(_FOUR))
_register(lanes.eight, "", _EIGHT, _zeros(_EIGHT))
_register(lanes.load, "mix", "x", _load)
_register(lanes.store, "mix", types.void, _store)
_register(lanes.spread, "nx", "x", lambda builder, n, like: _splat(builder, n, like.type.count))
_register(lanes.lane, "xi", "n", lambda builder, x, index: builder.extract_element(x, index))
_register(lanes.sums, "xxxx", "x", _sums)
_register(lanes.lane_sum, "x", "n", _folded(lambda builder, a, b: builder.fadd(a, b)))
_register(lanes.lane_max, "x", "n", _folded(_chosen(">")))
_register(lanes.larger, "xx", "x", _chosen(">"))
_register(lanes.smaller, "xx", "x", _chosen("<"))
_register(lanes.picked, "xxxxx", "x", _picked)
_register(lanes.absolute, "x", "x", _absolute)
_register(lanes.root, "x", "x", _root)
_register(lanes.is_above_0, "x", "x", _is_above_0)
_register(lanes.power_of_two, "x", "x", _power_of_two)

_POINTERS = {Array: types.CPointer(types.float64), Steps: types.CPointer(types.int64)}
_PARTS: set[Callable[..., Any]] = set()


def module_of(function: Callable[..., None], parts: Sequence[Callable[..., Any]], name: str) -> str:
    """Return a function with those it calls in LLVM's intermediate representation.

    It has this name, a C interface, and a pointer in place of each array. Raises ValueError for a
    function that would call code outside, and any error of Numba.
    """
    for part in parts:
        if part not in _PARTS:
            register_jitable(forceinline=True, error_model="numpy")(part)
            _PARTS.add(part)
    kinds = [kind for argument, kind in function.__annotations__.items() if argument != "return"]
    pointers = tuple(_POINTERS[kind] for kind in kinds)
    fast = njit(types.void(*pointers), error_model="numpy", no_cpython_wrapper=True)(function)
    module: str = fast.inspect_llvm(pointers)
    if called := re.findall(r'^declare .*@(?!llvm\.)"?([\w.]+)', module, re.MULTILINE):
        raise ValueError(f"it calls {', '.join(called)}")
    (found,) = set(re.findall(r"@cfunc\.\w+", module))
    return module.replace(found, f"@{name}")
