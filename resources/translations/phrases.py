"""Finds the words that code puts into the places of a sentence: "a web page" in "{name} holds {kind}".

A sentence of the engine is translated with such words in it, so they need translations of their own. They are followed
from the value of a keyword argument back to literals: in the same module through mappings, choices, local variables,
the returns of functions and the arguments of callers, and to callers of a public function anywhere.
"""

import ast
from collections.abc import Iterator, Sequence

_DEPTH = 4  # steps from a value back to its literals
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """The syntax tree of a module, with what is needed to follow a value back."""

    def __init__(self, tree: ast.AST) -> None:
        self._mappings: dict[str, ast.expr] = {}
        self._functions: dict[str, _Function] = {}
        self._calls: dict[str, list[ast.Call]] = {}
        self._inside: dict[int, _Function] = {}
        self._elsewhere: dict[str, list[ast.Call]] = {}
        for node in ast.walk(tree):
            if isinstance(node, _Function):
                self._functions[node.name] = node
                self._inside.update({id(child): node for child in ast.walk(node)})  # the innermost one comes last
            elif isinstance(node, ast.Call):
                self._calls.setdefault(called(node), []).append(node)
        for node in getattr(tree, "body", ()):
            for name, value in _assigned(node):
                self._mappings[name] = value

    def look_around(self, modules: Sequence["Module"]) -> None:
        """Know the callers of public functions in other modules."""
        for name in self._functions:
            if not name.startswith("_"):
                found = [call for module in modules if module is not self for call in module._calls.get(name, ())]
                self._elsewhere[name] = found

    def calls(self, names: set[str]) -> Iterator[ast.Call]:
        """All calls of functions with these names."""
        for name in sorted(names):
            yield from self._calls.get(name, ())

    def literals(self, value: ast.expr, depth: int = _DEPTH) -> Iterator[str]:
        """The literal texts that a value can be."""
        for part in self._sources(value) if depth else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
            elif part is not value:
                yield from self.literals(part, depth - 1)

    def _sources(self, value: ast.expr) -> Iterator[ast.expr]:
        match value:
            case ast.Constant():
                yield value
            case ast.IfExp():
                yield from (value.body, value.orelse)
            case ast.BoolOp():
                yield from value.values
            case ast.Dict():
                yield from value.values
            case ast.Subscript():
                yield from self._mapping(value.value)
            case ast.Call(func=ast.Attribute(attr="get", value=mapping)):
                yield from self._mapping(mapping)
                yield from value.args[1:]
            case ast.Call(func=ast.Name(id=name)) if name in self._functions:
                returns = (node for node in ast.walk(self._functions[name]) if isinstance(node, ast.Return))
                yield from (node.value for node in returns if node.value is not None)
            case ast.Name():
                yield from self._of_name(value)

    def _mapping(self, node: ast.expr) -> Iterator[ast.expr]:
        if isinstance(node, ast.Name):
            node = dict(self._local(node)).get(node.id) or self._mappings.get(node.id, node)
        if isinstance(node, ast.Dict):
            yield from node.values

    def _of_name(self, node: ast.Name) -> Iterator[ast.expr]:
        function = self._inside.get(id(node))
        if function is None:
            return
        yield from (value for name, value in self._local(node) if name == node.id)
        names = [argument.arg for argument in function.args.args]
        if node.id in names:
            place = names.index(node.id) - (names[0] in ("self", "cls"))
            for call in (*self._calls.get(function.name, ()), *self._elsewhere.get(function.name, ())):
                yield from call.args[place : place + 1]
                yield from (keyword.value for keyword in call.keywords if keyword.arg == node.id)

    def _local(self, node: ast.Name) -> Iterator[tuple[str, ast.expr]]:
        for child in ast.walk(self._inside[id(node)]) if id(node) in self._inside else ():
            yield from _assigned(child)


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value
