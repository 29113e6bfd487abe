"""Programs with one to three of the nodes of their trees replaced, dropped or swapped."""

import ast

VALUES = (0, 1, -1, 2, 3, 7, 10**6, 1.5, "M", "", None, True, (), [])
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)


def mutate(tree, rng, names, attributes):
    for _ in range(rng.randint(1, 3)):
        nodes = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
        node = rng.choice(nodes)
        choice = rng.random()
        lists = [value for _, value in ast.iter_fields(node) if isinstance(value, list) and value]
        if isinstance(node, ast.Constant):
            node.value = rng.choice(VALUES)
        elif isinstance(node, ast.Name):
            node.id = rng.choice(names)
        elif isinstance(node, ast.Attribute):
            node.attr = rng.choice(attributes)
        elif lists and choice < 0.4:
            rng.choice(lists).pop()
        elif lists and choice < 0.7:
            chosen = rng.choice(lists)
            chosen.append(rng.choice(chosen))
        elif lists:
            rng.shuffle(rng.choice(lists))
        elif isinstance(node, ast.BinOp):
            node.op = rng.choice(OPERATORS)()
    return tree


def mutated_text(text, rng, names, attributes):
    """The text of a program with mistakes; None where it is no program any more."""
    try:
        return ast.unparse(ast.fix_missing_locations(mutate(ast.parse(text), rng, names, attributes)))
    except Exception:
        return None
