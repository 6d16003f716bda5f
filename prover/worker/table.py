"""Reads the table of a circuit's nodes that EZKL 23.0.5 prints."""

import re

# Nodes whose outputs are linear in the circuit's inputs, the weights being fixed: no quotient to choose, no
# sign to guess, so nothing can wrap around the field unseen. A rescaled einsum is "REBASED (...)".
LINEAR = ("Input", "CONST ", "SLICE ", "EINSUM ", "ADD", "CONCAT ")


class Unreadable(Exception):
    """The table is not laid out as in this version."""


def read_nodes(table):
    """The nodes of a table: index, kind, and the indices of the nodes that it takes as inputs."""
    nodes = []
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.split("\u2502")[1:-1]]
        if len(cells) == 5 and cells[0].isdigit():
            inputs = re.findall(r"\((\d+), \d+\)", cells[3])
            nodes.append((cells[0], cells[1], inputs))
    if not any(kind.startswith("CONST") for _, kind, _ in nodes):
        raise Unreadable("no constant found")
    return nodes


def constants_used_once(nodes):
    """Constants that fewer than two nodes take as input."""
    uses = [index for _, _, inputs in nodes for index in inputs]
    return [index for index, kind, _ in nodes if kind.startswith("CONST") and uses.count(index) < 2]


def is_linear(nodes):
    """Whether every node is of a linear kind."""
    return all(kind.startswith(LINEAR) for _, kind, _ in nodes)
