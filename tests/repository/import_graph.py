"""Import graph of the programs: its circles, and its picture.

    python -m tests.repository.import_graph        writes docs/images/imports.svg

Nodes of the picture are packages: two names deep, in the backend's service three. An arrow says "imports"; one that
follows from others is left out. A package stands below all that import it, so every arrow points down.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import grimp

PROGRAMS: Final = ("backend", "gameserver", "gateway", "wire")
PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "imports.svg"
DEEPER: Final = ("backend.service", "gameserver.domain")
"""Packages whose own packages are nodes too."""
FRAME: Final = ("__main__", "app", "compose", "metrics")
"""Modules of a program's own folder that put it together; together they are one node."""
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 214, 34, 18, 52, 20

Graph = Mapping[str, frozenset[str]]


def module_graph() -> Graph:
    """Imports of each module among the programs; those for the type checker alone count too."""
    graph = grimp.build_graph(*PROGRAMS, cache_dir=None)
    return {module: frozenset(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def circles(graph: Graph) -> list[list[str]]:
    """Groups of modules each of which reaches all others of its group (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def package_of(module: str) -> str:
    """The node of a module."""
    parts = module.split(".")
    if len(parts) == 1 or parts[1] in FRAME:
        return f"{parts[0]} app" if parts[0] != "wire" else "wire"
    if parts[0] == "wire":
        return "wire"
    depth = 3 if ".".join(parts[:2]) in DEEPER and len(parts) > 2 else 2
    return ".".join(parts[:depth])


def package_graph(modules: Graph) -> Graph:
    """Imports of each package, without those that follow from others."""
    packages = _packages(modules)
    direct: dict[str, set[str]] = {}
    for module, imported in modules.items():
        node = _node(module, packages)
        direct.setdefault(node, set()).update(_node(other, packages) for other in imported)
    for node, imported_nodes in direct.items():
        imported_nodes.discard(node)
    return {node: frozenset(imported) for node, imported in direct.items()}


def _packages(modules: Iterable[str]) -> frozenset[str]:
    """Names that have modules below them."""
    return frozenset(module.rpartition(".")[0] for module in modules)


def _node(module: str, packages: frozenset[str]) -> str:
    node = package_of(module)
    # A plain module beside sub-packages belongs to the package that holds it.
    while "." in node and node not in packages and node.rpartition(".")[0] in DEEPER:
        node = node.rpartition(".")[0]
    return node


def reduced(graph: Graph) -> Graph:
    """The graph without arrows that follow from others; it has to be without circles."""
    reach: dict[str, frozenset[str]] = {}

    def reached(node: str) -> frozenset[str]:
        if node not in reach:
            reach[node] = frozenset().union(*(reached(other) | {other} for other in graph[node]))
        return reach[node]

    return {
        node: frozenset(other for other in imported if not any(other in reached(via) for via in imported))
        for node, imported in graph.items()
    }


def levels(graph: Graph) -> dict[str, int]:
    """Depth of each node: one below the deepest that imports it."""
    level: dict[str, int] = {}

    def height(node: str) -> int:
        if node not in level:
            level[node] = 1 + max((height(other) for other in graph[node]), default=-1)
        return level[node]

    deepest = max(map(height, graph))
    return {node: deepest - level[node] for node in graph}


def picture(graph: Graph) -> str:
    """The packages as SVG: a column for each program, and below them the one that all share."""
    level = levels(graph)
    rows: dict[tuple[str, int], list[str]] = {}
    for node in sorted(graph):
        rows.setdefault((node.split(".")[0].split(" ")[0], level[node]), []).append(node)
    place: dict[str, tuple[float, float]] = {}
    left = MARGIN
    for program in PROGRAMS[:3]:
        most = max(len(nodes) for (owner, _), nodes in rows.items() if owner == program)
        width = most * (WIDTH + GAP_X)
        for (owner, depth), nodes in rows.items():
            if owner == program:
                start = left + (width - len(nodes) * (WIDTH + GAP_X)) / 2
                for number, node in enumerate(nodes):
                    place[node] = start + number * (WIDTH + GAP_X), MARGIN + depth * (HEIGHT + GAP_Y)
        left += width + GAP_X
    bottom = max(level.values()) + 1
    place["wire"] = (left - WIDTH) / 2, MARGIN + bottom * (HEIGHT + GAP_Y)
    high = MARGIN * 2 + bottom * (HEIGHT + GAP_Y) + HEIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left} {high}" font-family="sans-serif" font-size="13">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#5b6776"/></marker></defs>',
        f'<rect width="{left}" height="{high}" rx="12" fill="#f7f8fa"/>',
    ]
    for node, imported in sorted(reduced(graph).items()):
        x, y = place[node]
        for other in sorted(imported):
            to_x, to_y = place[other]
            lines.append(
                f'<path d="M{x + WIDTH / 2:.0f} {y + HEIGHT:.0f} C{x + WIDTH / 2:.0f} {y + HEIGHT + 30:.0f} '
                f'{to_x + WIDTH / 2:.0f} {to_y - 30:.0f} {to_x + WIDTH / 2:.0f} {to_y - 1:.0f}" fill="none" '
                'stroke="#5b6776" stroke-width="1.2" marker-end="url(#tip)"/>'
            )
    for node, (x, y) in sorted(place.items()):
        lines.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="7" fill="#fff" stroke="#5b6776"/>'
            f'<text x="{x + WIDTH / 2:.0f}" y="{y + HEIGHT / 2 + 4:.0f}" text-anchor="middle" fill="#1b2430">'
            f"{node}</text>"
        )
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(package_graph(module_graph())))


if __name__ == "__main__":
    main()
