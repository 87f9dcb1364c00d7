"""One source file -> its mutants, made by mutmut: a function, and the same function changed."""

from __future__ import annotations

import difflib
import hashlib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, create_mutations, deep_replace


@dataclass(frozen=True)
class Mutant:
    """A change of one function, small enough that a test should notice it."""

    module: str  # cds_service/reading/heard.py
    function: str  # Heard.only_talk
    lines: range  # where the change is
    before: str  # the function as it stands
    after: str  # and changed

    @property
    def key(self) -> str:
        """Known again as long as its function is not edited."""
        parts = (self.module, self.function, self.before, self.after)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]

    @property
    def difference(self) -> str:
        """The lines that change, old and new."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), n=0, lineterm=""
        )
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def mutants_of(module: str) -> list[Mutant]:
    """The mutants of every function and method of a file, in its order."""
    tree, mutations, *_ = create_mutations(module, Path(module).read_text("utf-8"))
    where = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(PositionProvider)
    names = dict(_functions(tree.body))
    found = [
        _mutant(module, tree, mutation, names[function], where[function], where)
        for mutation in mutations
        if (function := mutation.contained_by_top_level_function) in names
    ]
    return [m for m in dict.fromkeys(found) if m.after != m.before]


def _functions(body: object, inside: str = "") -> Iterator[tuple[cst.CSTNode, str]]:
    for node in body if isinstance(body, (list, tuple)) else ():
        if isinstance(node, cst.FunctionDef):
            yield node, inside + node.name.value
        elif isinstance(node, cst.ClassDef):
            yield from _functions(node.body.body, f"{inside}{node.name.value}.")


def _mutant(
    module: str,
    tree: cst.Module,
    mutation: Mutation,
    name: str,
    function: CodeRange,
    where: object,
) -> Mutant:
    node = mutation.contained_by_top_level_function
    assert node is not None
    assert hasattr(where, "get")
    at = where.get(mutation.original_node, function)
    changed = deep_replace(node, mutation.original_node, mutation.mutated_node)
    assert isinstance(changed, cst.FunctionDef)
    return Mutant(
        module=module,
        function=name,
        lines=range(at.start.line, at.end.line + 1),
        before=_text(tree, node),
        after=_text(tree, changed),
    )


def _text(tree: cst.Module, function: cst.FunctionDef) -> str:
    bare = function.with_changes(decorators=[], leading_lines=[])
    return textwrap.dedent(tree.code_for_node(bare)).strip() + "\n"
