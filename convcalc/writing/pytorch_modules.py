"""Modules that PyTorch does not have, as they are written into a program that needs them; {n} is a number of axes."""

from __future__ import annotations

RECURRENT = '''
class LSTM(nn.LSTM):
    """Gives the state after every step, or after the last one only."""

    def __init__(self, *arguments, last: bool = False, **keywords):
        super().__init__(*arguments, **keywords)
        self.last = last

    def forward(self, x: Tensor) -> Tensor:
        states, _ = super().forward(x)
        return states[:, -1] if self.last else states
'''
MODULES = {
    "SameConv{n}d": '''
class SameConv{n}d(nn.Conv{n}d):
    """Pads as TensorFlow's "same" does: an output for every stride of the input."""

    def forward(self, x: Tensor) -> Tensor:
        sides = same_sides(x, self.kernel_size, self.stride, self.dilation)
        return super().forward(F.pad(x, sides))
''',
    "SameMaxPool{n}d": '''
class SameMaxPool{n}d(nn.MaxPool{n}d):
    """Pads as TensorFlow's "same" does: an output for every stride of the input."""

    def forward(self, x: Tensor) -> Tensor:
        sides = same_sides(x, self.kernel_size, self.stride, 1)
        return super().forward(F.pad(x, sides, value=float("-inf")))
''',
    "SameAvgPool{n}d": '''
class SameAvgPool{n}d(nn.AvgPool{n}d):
    """Pads as TensorFlow's "same" does; the mean is of the cells that are there."""

    def forward(self, x: Tensor) -> Tensor:
        sides = same_sides(x, self.kernel_size, self.stride, 1)
        there = super().forward(F.pad(torch.ones_like(x), sides))
        return super().forward(F.pad(x, sides)) / there
''',
    "PartialAvgPool{n}d": '''
class PartialAvgPool{n}d(nn.AvgPool{n}d):
    """Pads before and behind each axis; the mean is of the cells that are there."""

    def __init__(self, sides: int | tuple[int, ...], *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.sides = (sides,) * 2 * {n} if isinstance(sides, int) else sides

    def forward(self, x: Tensor) -> Tensor:
        there = super().forward(F.pad(torch.ones_like(x), self.sides))
        return super().forward(F.pad(x, self.sides)) / there
''',
    "same_sides": '''
def same_sides(x: Tensor, kernel, stride, dilation) -> list[int]:
    """The cells before and behind each axis, the last axis first."""
    sides: list[int] = []
    for axis, size in enumerate(x.shape[2:]):
        k, s, d = (
            value if isinstance(value, int) else value[axis]
            for value in (kernel, stride, dilation)
        )
        cells = max((-(-size // s) - 1) * s + d * (k - 1) + 1 - size, 0)
        sides = [cells // 2, cells - cells // 2, *sides]
    return sides
''',
    "Residual": '''
class Residual(nn.Sequential):
    """The sum of its input and of what its layers make of it."""

    def forward(self, x: Tensor) -> Tensor:
        return x + super().forward(x)
''',
    "Gate": '''
class Gate(nn.Sequential):
    """Its input times what its layers make of it, channel by channel."""

    def forward(self, x: Tensor) -> Tensor:
        gate = super().forward(x)
        return x * gate.reshape(*gate.shape, *[1] * (x.dim() - gate.dim()))
''',
    "Sum": '''
class Sum(nn.ModuleList):
    """The sum of what its paths make of one input."""

    def __init__(self, *paths: nn.Module):
        super().__init__(paths)

    def forward(self, x: Tensor) -> Tensor:
        return sum(path(x) for path in self)
''',
    "Concat": '''
class Concat(nn.ModuleList):
    """What its paths make of one input, joined along the channels."""

    def __init__(self, *paths: nn.Module):
        super().__init__(paths)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([path(x) for path in self], dim=1)
''',
    "ChannelsLast": '''
class ChannelsLast(nn.Module):
    """A module on the channels as the last axis."""

    def __init__(self, module: nn.Module):
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return self.module(x.movedim(1, -1)).movedim(-1, 1)
''',
    "Permute": '''
class Permute(nn.Module):
    """Its axes in another order."""

    def __init__(self, order: tuple[int, ...]):
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, *self.order)
''',
    "Crop": '''
class Crop(nn.Module):
    """Cuts cells off: before and behind each axis, the last axis first."""

    def __init__(self, sides: int | tuple[int, ...]):
        super().__init__()
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:
        cells = self.sides
        if isinstance(cells, int):
            cells = (cells,) * 2 * (x.dim() - 2)
        return F.pad(x, [-side for side in cells])
''',
    "PadChannels": '''
class PadChannels(nn.Module):
    """Channels of zeros before and behind those there are."""

    def __init__(self, sides: tuple[int, int]):
        super().__init__()
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, [0] * 2 * (x.dim() - 2) + [*self.sides])
''',
    "Scale": '''
class Scale(nn.Module):
    """One learnt factor for each channel, behind which there are so many axes."""

    def __init__(self, channels: int, axes: int = 0, shift: bool = False):
        super().__init__()
        shape = channels, *[1] * axes
        self.weight = nn.Parameter(torch.ones(shape))
        self.bias = nn.Parameter(torch.zeros(shape)) if shift else None

    def forward(self, x: Tensor) -> Tensor:
        x = x * self.weight
        return x if self.bias is None else x + self.bias
''',
    "DropPath": '''
class DropPath(nn.Module):
    """Drops a whole example at random in training."""

    def __init__(self, rate: float = 0.0):
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.rate:
            return x
        kept = torch.rand(len(x), *[1] * (x.dim() - 1), device=x.device) >= self.rate
        return x * kept / (1 - self.rate)
''',
    "CaffeBatchNorm{n}d": '''
class CaffeBatchNorm{n}d(nn.BatchNorm{n}d):
    """Batch normalisation that keeps the weight of its running averages too."""

    def __init__(self, channels: int, **settings):
        super().__init__(channels, **settings)
        self.register_buffer("factor", torch.ones(1))
''',
    "ScaledBatchNorm{n}d": '''
class ScaledBatchNorm{n}d(nn.BatchNorm{n}d):
    """Batch normalisation that learns a scale only."""

    def __init__(self, channels: int, **settings):
        super().__init__(channels, **settings)
        self.bias = None
''',
    "ShiftedBatchNorm{n}d": '''
class ShiftedBatchNorm{n}d(nn.BatchNorm{n}d):
    """Batch normalisation that learns a shift only."""

    def __init__(self, channels: int, **settings):
        super().__init__(channels, **settings)
        self.weight = None
''',
    "FrozenBatchNorm": '''
class FrozenBatchNorm(nn.Module):
    """Batch normalisation of which nothing is trained: its numbers are constants."""

    def __init__(self, channels: int, axes: int, eps: float = 1e-5):
        super().__init__()
        self.eps = eps
        shape = channels, *[1] * axes
        self.register_buffer("weight", torch.ones(shape))
        self.register_buffer("bias", torch.zeros(shape))
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("variance", torch.ones(shape))

    def forward(self, x: Tensor) -> Tensor:
        scale = self.weight / (self.variance + self.eps).sqrt()
        return (x - self.mean) * scale + self.bias
''',
    "GRN": '''
class GRN(nn.Module):
    """Weighs each channel by its norm over the map against the mean of all channels."""

    def __init__(self, channels: int, eps: float = 1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.zeros(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        norm = x.norm(dim=(2, 3), keepdim=True)
        weight = norm / (norm.mean(dim=1, keepdim=True) + self.eps)
        return x + self.weight * x * weight + self.bias
''',
    "Normalization": '''
class Normalization(nn.Module):
    """Shifts and scales each channel by a mean and a variance of the data."""

    def __init__(self, channels: int, axes: int):
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, *[1] * axes))
        self.register_buffer("variance", torch.ones(channels, *[1] * axes))
        self.register_buffer("count", torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.variance.sqrt()
''',
    "RBF": '''
class RBF(nn.Module):
    """The squared distance to codes that are not trained."""

    def __init__(self, in_features: int, units: int):
        super().__init__()
        self.register_buffer("codes", torch.zeros(units, in_features))

    def forward(self, x: Tensor) -> Tensor:
        return (x.unsqueeze(-2) - self.codes).square().sum(dim=-1)
''',
    "Subsample{n}d": '''
class Subsample{n}d(nn.AvgPool{n}d):
    """LeNet-5's pooling: the sum of a window times a coefficient, and a bias."""

    def __init__(self, channels: int, kernel_size: int, stride: int | None = None):
        super().__init__(kernel_size, stride, divisor_override=1)
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * self.weight + self.bias
''',
    "TableConv{n}d": '''
class TableConv{n}d(nn.Module):
    """A convolution whose filters each see the input maps in their row of a table."""

    def __init__(self, table, kernel_size, stride=1, padding=0, bias: bool = True):
        super().__init__()
        self.table = table
        self.filters = nn.ModuleList(
            nn.Conv{n}d(len(row), 1, kernel_size, stride, padding, bias=bias)
            for row in table
        )

    def forward(self, x: Tensor) -> Tensor:
        maps = (conv(x[:, row]) for conv, row in zip(self.filters, self.table))
        return torch.cat(list(maps), dim=1)
''',
    "MaxUnpool{n}d": '''
class MaxUnpool{n}d(nn.Module):
    """Puts each number into the first cell of its window, zeros elsewhere.

    nn.MaxUnpool{n}d puts it where it came from, by the indices that the pooling returns.
    """

    def __init__(self, kernel_size, stride=None, padding=0, output_size=None):
        super().__init__()
        self.unpool = nn.MaxUnpool{n}d(kernel_size, stride or kernel_size, padding)
        self.output_size = output_size

    def forward(self, x: Tensor) -> Tensor:
        indices = torch.zeros_like(x, dtype=torch.long)
        for axis, (size, stride) in enumerate(
            zip(self.output_size, self.unpool.stride)
        ):
            cells = torch.arange(x.shape[axis + 2], device=x.device) * stride
            places = cells.reshape(-1, *[1] * (x.dim() - axis - 3))
            indices = indices * size + places.clamp(max=size - 1)
        return self.unpool(x, indices, self.output_size)
''',
    **{name: RECURRENT.replace("LSTM", name) for name in ("LSTM", "GRU", "RNN")},
    "Attention": '''
class Attention(nn.MultiheadAttention):
    """Every query looks at every key, or at those before it only; gives no weights."""

    def __init__(self, features: int, heads: int, causal: bool = False, **keywords):
        super().__init__(features, heads, batch_first=True, **keywords)
        self.causal = causal

    def forward(self, x: Tensor, y: Tensor | None = None, z: Tensor | None = None):
        y = x if y is None else y
        z = y if z is None else z
        mask = None
        if self.causal:
            steps = x.shape[1], y.shape[1]
            mask = torch.ones(steps, dtype=torch.bool, device=x.device).triu(1)
        return super().forward(x, y, z, need_weights=False, attn_mask=mask)[0]
''',
    "WindowAttention": '''
class WindowAttention(nn.Module):
    """Attention among the cells of each window of a map.

    A window has cells side by side, or with grid=True one from each part of the map. A
    cell knows where another is by a learnt "table", or a small "network" (Swin v2).
    """

    def __init__(
        self,
        channels: int,
        window: tuple[int, ...],
        heads: int,
        shift: int | tuple[int, ...] = 0,
        position: str = "table",
        grid: bool = False,
        fit: bool = False,
        bias: bool = True,
    ):
        super().__init__()
        self.window, self.heads = window, heads
        self.shift = (shift,) * len(window) if isinstance(shift, int) else shift
        self.position, self.grid, self.fit = position, grid, fit
        self.qkv = nn.Linear(channels, 3 * channels, bias=bias)
        self.proj = nn.Linear(channels, channels, bias=bias)
        sides = [2 * side - 1 for side in window]
        if position == "table":
            self.table = nn.Parameter(torch.zeros(math.prod(sides), heads))
        if position == "network":
            layers = nn.Linear(len(window), 512), nn.ReLU()
            self.network = nn.Sequential(*layers, nn.Linear(512, heads, bias=False))
            self.scale = nn.Parameter(torch.ones(heads, 1, 1))
            places = [torch.linspace(-1, 1, side) for side in sides]
            offsets = torch.cartesian_prod(*places).reshape(-1, len(window))
            self.register_buffer("offsets", offsets)
        if position != "none":
            cells = torch.cartesian_prod(*map(torch.arange, window))
            steps = cells[:, None] - cells + torch.tensor(window) - 1
            index = torch.zeros(steps.shape[:2], dtype=torch.long)
            for axis, side in enumerate(sides):
                index = index * side + steps[..., axis]
            self.register_buffer("index", index)

    def forward(self, x: Tensor) -> Tensor:
        sizes = x.shape[2:]
        window = list(self.window)
        if self.fit:
            window = [min(size, side) for size, side in zip(sizes, window)]
        ends = [-size % side for size, side in zip(sizes, window)]
        x = F.pad(x, [cells for end in reversed(ends) for cells in (0, end)])
        axes = list(range(2, x.dim()))
        pairs = zip(self.shift, sizes, window)
        shift = [s if size > side else 0 for s, size, side in pairs]
        x = x.roll([-s for s in shift], axes)
        y = self.join(self.attend(self.split(x, window), x, window, shift), x, window)
        y = y.roll(shift, axes)
        return y[(..., *(slice(size) for size in sizes))]

    def order(self, count: int) -> list[int]:
        """Of axes split in two: the windows', then those of the cells in one."""
        first, second = [*range(2, 2 + 2 * count, 2)], [*range(3, 3 + 2 * count, 2)]
        return second + first if self.grid else first + second

    def parts(self, x: Tensor, window: list[int]) -> list[int]:
        """The sizes of a map whose axes are split into windows and cells."""
        pairs = [(size // side, side) for size, side in zip(x.shape[2:], window)]
        pairs = [pair[::-1] for pair in pairs] if self.grid else pairs
        return [*x.shape[:2], *(part for pair in pairs for part in pair)]

    def split(self, x: Tensor, window: list[int]) -> Tensor:
        count = len(window)
        x = x.reshape(self.parts(x, window)).permute(0, *self.order(count), 1)
        return x.flatten(-1 - count, -2).flatten(1, count)

    def join(self, y: Tensor, x: Tensor, window: list[int]) -> Tensor:
        parts, order = self.parts(x, window), [0, *self.order(len(window)), 1]
        y = y.reshape([parts[axis] for axis in order])
        return y.permute([order.index(axis) for axis in range(y.dim())]).reshape(
            x.shape
        )

    def attend(
        self, y: Tensor, x: Tensor, window: list[int], shift: list[int]
    ) -> Tensor:
        qkv = self.qkv(y).unflatten(-1, (3, self.heads, -1))
        q, k, v = qkv.permute(3, 0, 1, 4, 2, 5)
        table = self.table if self.position == "table" else None
        if self.position == "network":
            q, k = F.normalize(q, dim=-1), F.normalize(k, dim=-1)
            scores = q @ k.transpose(-2, -1) * self.scale.clamp(max=math.log(100)).exp()
            table = 16 * self.network(self.offsets).sigmoid()
        else:
            scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if table is not None:
            count = y.shape[-2]
            scores = scores + table[self.index[:count, :count]].permute(2, 0, 1)
        if any(shift):
            scores = scores + self.mask(x, window, shift)
        return self.proj((scores.softmax(dim=-1) @ v).transpose(-3, -2).flatten(-2))

    def mask(self, x: Tensor, window: list[int], shift: list[int]) -> Tensor:
        """Hides cells from each other that lay at opposite sides before the shift."""
        region = torch.zeros(1, 1, *x.shape[2:], device=x.device)
        for axis, (side, s) in enumerate(zip(window, shift)):
            size = x.shape[axis + 2]
            place = torch.arange(size, device=x.device)
            number = (place >= size - side).long() + (place >= size - s)
            region = region * 3 + number.reshape(-1, *[1] * (x.dim() - axis - 3))
        region = self.split(region, window)
        apart = (region != region.transpose(-2, -1)).unsqueeze(-3)
        return torch.zeros_like(apart, dtype=x.dtype).masked_fill(apart, float("-inf"))
''',
    "PoolAttention": '''
class PoolAttention(nn.Module):
    """Attention among tokens of which the last are the cells of a grid.

    Depthwise convolutions, the same for every head, make queries, and keys and values
    fewer; `tables` tell a query where a key is.
    """

    def __init__(
        self,
        in_features: int,
        features: int,
        heads: int,
        grid: tuple[int, ...],
        queries: tuple[int, ...] | None = None,
        keys: tuple[int, ...] | None = None,
        kernel_size: int = 3,
        tables: bool = False,
        bias: bool = True,
    ):
        super().__init__()
        self.heads, self.grid = heads, grid
        self.qkv = nn.Linear(in_features, 3 * features, bias=bias)
        self.proj = nn.Linear(features, features, bias=bias)
        size = features // heads
        conv = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}[len(grid)]
        self.pools, self.norms = nn.ModuleDict(), nn.ModuleDict()
        for name, stride in ("q", queries), ("k", keys), ("v", keys):
            if stride:
                options = {"padding": kernel_size // 2, "groups": size, "bias": False}
                self.pools[name] = conv(size, size, kernel_size, stride, **options)
                self.norms[name] = nn.LayerNorm(size)
        self.tables = nn.ParameterList()
        ones = (1,) * len(grid)
        for cells, q, k in zip(grid, queries or ones, keys or ones) if tables else ():
            longer = max(-(-cells // q), -(-cells // k))
            self.tables.append(torch.zeros(2 * longer - 1, size))

    def forward(self, x: Tensor) -> Tensor:
        qkv = self.qkv(x).unflatten(-1, (3, self.heads, -1))
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        q, q_grid = self.pool("q", q)
        k, k_grid = self.pool("k", k)
        v, _ = self.pool("v", v)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if self.tables:
            scores = scores + self.position(q, q_grid, k_grid, k.shape[-2])
        y = scores.softmax(dim=-1) @ v
        return self.proj(y.transpose(1, 2).flatten(2))

    def pool(self, name: str, x: Tensor) -> tuple[Tensor, tuple[int, ...]]:
        if name not in self.pools:
            return x, self.grid
        extra = x.shape[2] - math.prod(self.grid)
        y = x[:, :, extra:].flatten(0, 1).transpose(1, 2).unflatten(-1, self.grid)
        y = self.pools[name](y)
        grid = tuple(y.shape[2:])
        y = y.flatten(2).transpose(1, 2).unflatten(0, x.shape[:2])
        return self.norms[name](torch.cat([x[:, :, :extra], y], dim=2)), grid

    def position(self, q: Tensor, q_grid, k_grid, keys: int) -> Tensor:
        """What a query says of the place of a key, axis by axis."""
        extra = q.shape[2] - math.prod(q_grid)
        cells = q[:, :, extra:].unflatten(2, q_grid)
        bias = torch.zeros((), device=q.device)
        for axis, (table, m, n) in enumerate(zip(self.tables, q_grid, k_grid)):
            steps = torch.arange(m, device=q.device)[:, None] * max(n / m, 1)
            steps = steps - torch.arange(n, device=q.device) * max(m / n, 1)
            rows = table[(steps + (n - 1) * max(m / n, 1)).long()]
            score = torch.einsum("...qe,qke->...qk", cells.movedim(2 + axis, -2), rows)
            score = score.movedim(-2, 2 + axis)
            shape = [n if other == axis else 1 for other in range(len(k_grid))]
            bias = bias + score.reshape(*score.shape[:-1], *shape)
        bias = bias.flatten(2, 1 + len(q_grid)).flatten(3)
        return F.pad(bias, (keys - bias.shape[-1], 0, extra, 0))
''',
}
