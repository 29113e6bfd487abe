"""Graphs between two ends are taken apart by two rules; what they leave is a tangle."""

import random

import pytest

from convcalc.render.pictures.graph.series_parallel import (
    InParallel,
    InSeries,
    Link,
    Tangle,
    decompose,
    first_vertex,
)


def decomposed(*edges, loose=()):
    links = [Link(source, target, 0, (source, target) in loose, (source, target) in loose) for source, target in edges]
    return decompose(links, "s", "t")


def shape(inner):
    """A decomposition in a few signs: a link is -, branches stand between brackets."""
    match inner:
        case Link():
            return "-"
        case InSeries(parts, vertices):
            names = [*map(str, vertices), ""]
            return "".join(shape(part) + name for part, name in zip(parts, names, strict=True))
        case InParallel(branches):
            return f"({'|'.join(sorted(map(shape, branches)))})"
        case Tangle(edges):
            return f"tangle of {len(edges)}"


@pytest.mark.parametrize(
    "edges, expected",
    [
        ("sa ab bt", "-a-b-"),
        ("sa ab bc ac ct", "-a(-|-b-)c-"),
        ("sa sb at bt", "(-a-|-b-)"),
        ("sa ab bc cd de ae bd et", "-a(-|-b(-|-c-)d-)e-"),
        ("sa sb ab at bt", "tangle of 5"),
        ("sa sb ab at bt sc ct", "(-c-|tangle of 5)"),
    ],
    ids=["chain", "skip", "two towers", "skips in each other", "bridge", "a way beside a bridge"],
)
def test_small_graphs(edges, expected):
    assert shape(decomposed(*map(tuple, edges.split()))) == expected


def test_loose_ends_hold_nothing_together():
    """A pyramid: each level has an output of its own."""
    edges = [("s", "a"), ("a", "b"), ("b", "t"), ("b", "c"), ("a", "c"), ("c", "t")]
    assert shape(decomposed(*edges)) == "tangle of 6"
    assert shape(decomposed(*edges, loose={("b", "t")})) == "-a(-|-b(-|-))c-"


def test_a_loose_beginning_lies_beside_where_it_is_taken():
    edges = [("s", "a"), ("a", "b"), ("b", "c"), ("s", "x"), ("x", "c"), ("c", "d"), ("a", "d"), ("d", "t")]
    assert shape(decomposed(*edges, loose={("s", "x")})) == "-a(-|-b(-|-x-)c-)d-"


def random_graph(random, size):
    """A graph that both rules take apart, made by undoing them."""
    edges = [("s", "t")]
    for vertex in range(size):
        source, target = edges.pop(random.randrange(len(edges)))
        if random.random() < 0.5:
            edges += [(source, vertex), (vertex, target)]
        else:
            edges += [(source, vertex), (vertex, target), (source, target)]
    return edges


@pytest.mark.seeds(20, 80)
def test_what_is_put_together_by_the_rules_is_taken_apart_by_them(seed):
    edges = random_graph(random.Random(seed), 1 + seed % 40)
    found = decomposed(*edges)
    vertices, links = [], []

    def look(inner):
        match inner:
            case Link():
                links.append((inner.source, inner.target))
            case InSeries(parts, inner_vertices):
                vertices.extend(inner_vertices)
                for part in parts:
                    look(part)
            case InParallel(branches):
                assert not any(isinstance(each, InParallel) for each in branches)
                for branch in branches:
                    look(branch)
            case Tangle():
                raise AssertionError(edges)

    look(found)
    assert sorted(map(str, links)) == sorted(str(edge) for edge in edges)
    assert len(vertices) == len(set(vertices)) == 1 + seed % 40


def test_the_first_vertex_of_links_is_none():
    assert first_vertex(decomposed(("s", "t"), ("s", "t"))) is None
    assert first_vertex(decomposed(("s", "t"), ("s", "a"), ("a", "t"))) == "a"


def test_the_work_grows_with_the_graph(calls):
    def chain(size):
        edges = [("s", 0), *((place, place + 1) for place in range(size)), (size, "t")]
        edges += [(place, place + 2) for place in range(0, size - 1, 2)]
        return [Link(source, target, 0) for source, target in edges]

    few, many = (calls(lambda size=size: decompose(chain(size), "s", "t")) for size in (100, 400))
    assert many < 5 * few
