"""One student: answers by name with mistakes at random places, and what is behind each answer."""

from typing import NamedTuple

from simulated_class.formulas import WRONG, Seat, letters, right
from simulated_class.networks import ADD, CAT, FC, FLAT, KERNELS, NETWORKS, POOL, SLIDING, TCONV, UP, fields

QUANTITIES = ("output", "parameters", "macs", "receptive_field")
WIDENING = (*SLIDING, TCONV, UP, CAT, ADD)  # layers that are asked for their field
SAME_HABIT = {"par.fc_no_bias": "par.no_bias"}
CODES = sorted({code for code, *_ in WRONG})
ONCE = frozenset(
    code for code in CODES if code.startswith("slip.") or code == "rf.area"
)  # no habit: the next field would be its square


class Truth(NamedTuple):
    """What is behind an answer."""

    state: str  # right, consistent, wrong, or repeated: wrong by mistakes that were made in rows before
    codes: tuple = ()
    is_tied: bool = False  # another mistake gives the same number


class Rows(NamedTuple):
    """What a student has so far, or what the key has: shapes and fields by layer, "" is the network's input."""

    shapes: dict
    fields: dict


def wrong(seat, quantity, made):
    """The answer with these mistakes in it, None where they make none."""
    v, formula = letters(seat), None
    for _, _, _, how in made:
        found = how(seat, v)
        if isinstance(found, dict):
            v.update(found)
        elif found is None or formula:  # two whole formulas cannot both be used
            return None
        else:
            formula = how
    return formula(seat, v) if formula else right(seat, quantity, v)


def intended(network, rng, mistakes, habits, together):
    """By layer and quantity the mistakes that this student means to make; None where one has no place.

    A habit is made in every layer that gives occasion for it, any other mistake in one.
    """
    spots = {}
    for _ in range(mistakes):
        code = rng.choice(CODES)
        ways = [each for each in WRONG if each[0] == code]
        places = [(layer.name, way) for way in ways for layer in network.layers if layer.kind in way[1]]
        if not places:
            return None
        is_habit = code not in ONCE and rng.random() < habits
        for name, way in places if is_habit else [rng.choice(places)]:
            others = spots.setdefault((name, way[2]), [])
            if others and (rng.random() > together or code in {each[0] for each in others}):
                continue
            others.append(way)
    return spots


def seat_at(name, place, rows, out=(), branch=0):
    """What somebody with these rows has before them."""
    network = NETWORKS[name]
    layer, sources = network.layers[place], network.sources(place)
    seen = fields(name)
    before = seen.get(sources[0])
    fits = before is not None and network.fields and layer.name in seen
    grown = seen[layer.name].field - max(seen[source].field for source in sources) if fits else 0
    flat = rows.shapes.get("map before", ()) if layer.kind == FC and network.layers[place - 1].kind == FLAT else ()
    previous = network.layers[place - 1] if layer.kind == FLAT else None
    unpooled = rows.shapes[network.sources(place - 1)[0]] if previous and previous.kind == POOL else ()
    return Seat(
        layer, tuple(rows.shapes[source] for source in sources), out,
        tuple(rows.fields[source] for source in sources) if fits else (), grown, before.stride if fits else 0,
        before.strides if fits else (), before.conv_stride if fits else 1, flat, unpooled, network.input[1],
        network.convention == "keras", branch,
    )  # fmt: skip


def student(name, rng, mistakes, habits=0.0, together=0.15):
    """Answers by name, and the truth about each; None where the mistakes lead nowhere."""
    network = NETWORKS[name]
    spots = intended(network, rng, mistakes, habits, together)
    if spots is None:
        return None
    answers, truths, habitual = {}, {}, set()
    own, true = (Rows({"": network.input}, {"": 1}) for _ in range(2))
    for place, layer in enumerate(network.layers):
        branch = rng.randrange(len(layer.of)) if layer.of else 0
        seat, seat_true = seat_at(name, place, own, branch=branch), seat_at(name, place, true)
        if layer.kind == FLAT:
            own.shapes["map before"] = seat.inputs[0]
        out = own_right = right(seat, "output")
        true_out = right(seat_true, "output")
        for quantity in QUANTITIES:
            if quantity == "receptive_field" and not (seat.fields and layer.kind in WIDENING):
                continue
            if quantity != "output":
                seat, seat_true = seat._replace(out=out), seat_true._replace(out=true_out)
            expected, honest = right(seat_true, quantity), right(seat, quantity)
            given, made = answer(seat, quantity, spots.get((layer.name, quantity), []), honest)
            if isinstance(given, tuple) and min(given) < 1:
                return None
            # Counted on their own output, or on the one that is right for their own input: both follow from their rows.
            follows = (honest, right(seat._replace(out=own_right), quantity))
            state = "right" if given == expected else "consistent" if given in follows else "wrong"
            answers[f"{layer.name}.{quantity}"] = given
            truth = Truth(state)
            if state == "wrong":
                codes = tuple(sorted(each[0] for each in made))
                habits_made = {SAME_HABIT.get(code, code) for code in codes}
                state = "repeated" if habits_made <= habitual else "wrong"
                truth = Truth(state, codes, is_tied(seat, quantity, codes, given))
                habitual |= habits_made
            truths[f"{layer.name}.{quantity}"] = truth
            if quantity == "output":
                out = given
        own.shapes[layer.name], true.shapes[layer.name] = out, true_out
        if seat.fields:
            true.fields[layer.name] = right(seat_true, "receptive_field")
            own.fields[layer.name] = answers.get(f"{layer.name}.receptive_field", right(seat, "receptive_field"))
        if is_dead_end(network, place, out):
            return None
    return answers, truths


def is_dead_end(network, place, out):
    """Whether a layer after this one has no output: its window is wider than the map, its groups do not divide it."""
    name = network.layers[place].name
    return any(
        out[0] % layer.g or min(right(Seat(layer, (out,)), "output")) < 1
        for after, layer in enumerate(network.layers)
        if name in network.sources(after) and layer.kind in (*KERNELS, POOL)
    )


def answer(seat, quantity, made, honest):
    """What is written down, and the mistakes that are in it."""
    given = wrong(seat, quantity, made) if made else honest
    if given is None:
        return honest, []
    for one in list(made):  # a mistake that makes no difference beside the other was not made
        rest = [each for each in made if each is not one]
        if rest and wrong(seat, quantity, rest) == given:
            made = rest
    return given, made


def is_tied(seat, quantity, codes, given):
    """Whether some other mistake gives the same number here."""
    others = (each for each in WRONG if each[2] == quantity and seat.layer.kind in each[1] and each[0] not in codes)
    return any(wrong(seat, quantity, [each]) == given for each in others)


def written(value, rng, channels_last=False):
    """An answer as one of the ways to write it."""
    if isinstance(value, tuple):
        c, *space = value
        if not space:
            return str(c)
        if channels_last:
            value = (*space, c)
            return rng.choice(["×".join(map(str, value)), "x".join(map(str, value)), f"({', '.join(map(str, value))})"])
        return rng.choice([
            "x".join(map(str, value)), f"{c}@{'x'.join(map(str, space))}", f"({', '.join(map(str, value))})",
            f"[{','.join(map(str, value))}]",
        ])  # fmt: skip
    return rng.choice([str(value), f"{value:,}"])
