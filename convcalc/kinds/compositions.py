"""Classes of torchvision and timm that are made of layers, each in the language of a network.

In `layers` a {parameter} is what the call gives for it.  A line is left out that begins with one that is None, or whose
parameters behind `if` are not all true.  `{parameter?one:other}` is one where it is given, the other where it is None.
"""

from __future__ import annotations

from convcalc.tuples import NamedTuple


class Composition(NamedTuple):
    """A class of a framework that is made of layers."""

    parameters: str  # in order, those behind * by name only; a default with {…} also stands for None, axis by axis
    layers: str  # the entries of a list
    over: str = ""  # a parameter that is a list: the layers are there for each of it but the last; the first parameter
    last: str = ""  # is then what the one before was; and the entries for the last of it


CONV_NORM_ACTIVATION = Composition(
    "in_channels out_channels kernel_size=3 stride=1 padding=({kernel_size}-1)//2*{dilation} groups=1"
    " norm_layer=nn.BatchNorm2d activation_layer=nn.ReLU dilation=1 inplace=None bias={norm_layer?no:yes}"
    " conv_layer=nn.Conv2d",
    """
    - {conv_layer}({in_channels}, {out_channels}, {kernel_size}, {stride}, {padding}, {dilation}, {groups}, {bias})
    - {norm_layer}({out_channels})
    - {activation_layer}()
    """,
)
CONV3D_NORM_ACTIVATION = CONV_NORM_ACTIVATION._replace(
    parameters=CONV_NORM_ACTIVATION.parameters.replace("BatchNorm2d", "BatchNorm3d").replace("Conv2d", "Conv3d")
)
SQUEEZE_EXCITATION = Composition(
    "input_channels squeeze_channels activation=nn.ReLU scale_activation=nn.Sigmoid",
    """
    - gate:
      - nn.AdaptiveAvgPool2d(1)
      - nn.Conv2d({input_channels}, {squeeze_channels}, 1)
      - {activation}()
      - nn.Conv2d({squeeze_channels}, {input_channels}, 1)
      - {scale_activation}()
    """,
)
MLP = Composition(
    "in_channels hidden_channels norm_layer=None activation_layer=nn.ReLU inplace=None bias=True dropout=0.0",
    """
    - nn.Linear({in_channels}, {hidden_channels}, {bias})
    - {norm_layer}({hidden_channels})
    - {activation_layer}()
    - dropout {dropout}
    """,
    over="hidden_channels",
    last="""
    - nn.Linear({in_channels}, {hidden_channels}, {bias})
    - dropout {dropout}
    """,
)

# timm
CONV_NORM_ACT = Composition(
    "in_channels out_channels kernel_size=1 stride=1 padding=({stride}-1+{dilation}*({kernel_size}-1))//2 dilation=1"
    " groups=1 bias=False apply_norm=True apply_act=True norm_layer=nn.BatchNorm2d act_layer=nn.ReLU",
    """
    - nn.Conv2d({in_channels}, {out_channels}, {kernel_size}, {stride}, {padding}, {dilation}, {groups}, {bias})
    - {norm_layer}({out_channels}) if apply_norm
    - {act_layer}() if apply_norm apply_act
    """,
)
# Two classes of timm have this name, with other parameters behind the stride.
CONV_BN_ACT = CONV_NORM_ACT._replace(parameters=CONV_NORM_ACT.parameters.replace("stride=1 ", "stride=1 * "))
DIVISIBLE = "max({rd_divisor},({channels}*({rd_ratio})+{rd_divisor}/2)//{rd_divisor}*{rd_divisor})"
SE_MODULE = Composition(
    f"channels rd_ratio=1/16 rd_channels={DIVISIBLE} rd_divisor=8 *"
    " bias=True act_layer=nn.ReLU norm_layer=None gate_layer=nn.Sigmoid",
    """
    - gate:
      - nn.AdaptiveAvgPool2d(1)
      - nn.Conv2d({channels}, {rd_channels}, 1, bias={bias})
      - {norm_layer}({rd_channels})
      - {act_layer}()
      - nn.Conv2d({rd_channels}, {channels}, 1, bias={bias})
      - {gate_layer}()
    """,
)
# Two classes of timm have this name, and other channels where rd_channels is not given.
SQUEEZE_EXCITE = SE_MODULE._replace(
    parameters="channels * rd_channels norm_layer=None act_layer=nn.ReLU gate_layer=nn.Sigmoid bias=True"
)
TIMM_MLP = Composition(
    "in_features hidden_features={in_features} out_features={in_features} act_layer=nn.GELU norm_layer=None bias=True"
    " drop=0.0",
    """
    - nn.Linear({in_features}, {hidden_features}, bias={bias})
    - {act_layer}()
    - dropout {drop}
    - {norm_layer}({hidden_features})
    - nn.Linear({hidden_features}, {out_features}, bias={bias})
    - dropout {drop}
    """,
)

COMPOSITIONS = {
    "ConvNormActivation": CONV_NORM_ACTIVATION,
    "Conv2dNormActivation": CONV_NORM_ACTIVATION,
    "Conv3dNormActivation": CONV3D_NORM_ACTIVATION,
    "SqueezeExcitation": SQUEEZE_EXCITATION,
    "MLP": MLP,
    "ConvNormAct": CONV_NORM_ACT,
    "ConvBnAct": CONV_BN_ACT,
    "SEModule": SE_MODULE,
    "SqueezeExcite": SQUEEZE_EXCITE,
    "Mlp": TIMM_MLP,
}


def parameter_names(composition: Composition) -> tuple[str, ...]:
    """Its parameters in order."""
    return tuple(each.partition("=")[0] for each in composition.parameters.split() if each != "*")
