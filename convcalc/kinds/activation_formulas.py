"""One number that an activation gives for a number x, with its settings by name; a softmax sums over its axes."""

CELLS = {
    "relu": "min(max(0, x) + slope*min(0, x), max)",
    "relu6": "min(max(0, x), 6)",
    "leakyrelu": "max(0, x) + slope*min(0, x)",
    "elu": "max(0, x) + alpha*(exp(min(0, x)) - 1)",
    "selu": "1.0507009873554805*(max(0, x) + 1.6732632423543772*(exp(min(0, x)) - 1))",
    "celu": "max(0, x) + alpha*(exp(min(0, x)/alpha) - 1)",
    "gelu": "x*(1 + erf(x/sqrt(2)))/2",
    "silu": "x/(1 + exp(-x))",
    "mish": "x*tanh(log(1 + exp(x)))",
    "sigmoid": "1/(1 + exp(-x))",
    "logsigmoid": "-log(1 + exp(-x))",
    "hardsigmoid": "min(max(0, slope*x + offset), 1)",
    "tanh": "tanh(x)",
    "hardtanh": "min(max(min, x), max)",
    "hardswish": "x*min(max(0, x + 3), 6)/6",
    "softplus": "log(1 + exp(beta*x))/beta",
    "softsign": "x/(1 + max(x, -x))",
    "softshrink": "max(0, x - threshold) + min(0, x + threshold)",
    "tanhshrink": "x - tanh(x)",
    "rrelu": "max(0, x) + (lower + upper)/2*min(0, x)",
    "exponential": "exp(x)",
    "squareplus": "(x + sqrt(x**2 + b))/2",
    "softmax": "exp(x)/sum(exp(x))",
    "softmin": "exp(-x)/sum(exp(-x))",
    "logsoftmax": "x - log(sum(exp(x)))",
    "identity": "x",
}
# Where exponentials would be too large: the largest number subtracted from all, which changes nothing.
SHIFTED = {
    "softmax": "exp(x - largest)/sum(exp(x - largest))",
    "softmin": "exp(smallest - x)/sum(exp(smallest - x))",
    "logsoftmax": "x - largest - log(sum(exp(x - largest)))",
}
# By a flag of theirs.
APPROXIMATE = {"gelu": {"approximate": "x*(1 + tanh(0.7978845608028654*(x + 0.044715*x**3)))/2"}}
