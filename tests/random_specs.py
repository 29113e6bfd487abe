"""Specs at random, of nested branches, repeats and blocks, as hypothesis draws them; their names are those of kinds too."""

import json

from hypothesis import strategies as st

LAYERS = ["conv 4 k3 p1", "conv 4 k1 bias=no", "relu", "batchnorm", "dropout 0.5", "{conv: {filters: 4, kernel: 1}}",
          "nn.Conv2d(4, 4, 3, padding=1)", "maxpool 3 s1 p1", "deep c=4", "deep 4 k=5", "shallow"]  # fmt: skip
NAMES = ["a", "pool", "relu", "conv", "residual", "deep", "stage 1", "yes", "a.b", "3", "Mlp", "repeat", "x-y", "ä"]


@st.composite
def specs(draw):
    """A network of nested branches, repeats and blocks, all of whose layers keep the shape."""
    names = iter(draw(st.permutations([*NAMES, *(f"{name}{2}" for name in NAMES)])))
    above: list[str] = []  # names on the outermost level

    def layers(depth):
        return [one for _ in range(draw(st.integers(1, 3))) for one in items(depth)]

    def items(depth):
        made = draw(st.sampled_from(["layer"] * 3 + ["repeat", "residual", "gate", "concat", "group"] * (depth > 0)))
        item = draw(st.sampled_from(LAYERS))
        if item[0] == "{":
            item = {"conv": {"filters": "4", "kernel": "1"}}
        after = []
        if made == "repeat":
            item = {"repeat": {"times": draw(st.integers(0, 3)), "layers": layers(depth - 1)}}
        elif made == "residual":
            item = {"residual": {"main": layers(depth - 1), "shortcut": draw(st.sampled_from(["identity", "auto"]))}}
        elif made == "gate":
            item = {"gate": ["gap", *layers(depth - 1), "sigmoid"]}
            item["gate"] = [each for each in item["gate"] if "groupnorm" not in str(each)]
        elif made == "concat":
            paths = [layers(depth - 1), layers(depth - 1)]
            item = {"concat": paths if draw(st.booleans()) else dict(zip("xy", paths, strict=True))}
            after = ["conv 4 k1"]
        elif made == "group":
            item = layers(depth - 1)
        elif draw(st.integers(0, 3)) == 0 and isinstance(item, str):
            item = f"{draw(st.integers(0, 3))} x {item}"
        if (made == "group" or draw(st.booleans())) and (name := next(names, "")):
            item = {name: item}
            if depth == 2 and "repeat" not in str(item) and " x " not in str(item):
                above.append(name)
        elif made == "group":
            return item
        if depth == 2 and above and draw(st.integers(0, 3)) == 0:
            after.append({"add": {"from": ["previous", draw(st.sampled_from(above))]}})
        return [item, *after]

    blocks = {
        "deep": {"params": {"c": "required", "k": 3}, "layers": ["conv c k=k p=k//2", {"n": "batchnorm"}, "relu"]},
        "shallow": layers(1),
    }
    blocks["shallow"] = ["relu" if "shallow" in str(each) else each for each in blocks["shallow"]]
    return json.dumps({"input": "4x9x9", "blocks": blocks, "layers": layers(2)})
