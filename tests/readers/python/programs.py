"""Programs of the subset, each with an expression: Python itself says what is right."""

PROGRAMS = [
    # numbers
    ("", "1 + 2 * 3 - 4 // 3 % 2"),
    ("", "(7 / 2, -7 // 2, -7 % 3, 2 ** 10, 2 ** -1, 7 & 3, 7 | 8, 7 ^ 2, 1 << 5, 40 >> 2, ~5, +3, -2.5)"),
    ("", "(True + 1, True and 3, 0 or [] or 'x', not 0, 1 if '' else 2)"),
    ("", "(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2, 1 == 1.0, 'a' < 'b', [1, 2] < [1, 3], (1,) == (1,), 3 != 3)"),
    ("", "(None is None, 1 in [1, 2], 3 not in (1, 2), 'b' in 'abc', 'k' in {'k': 1}, 2 in range(0, 10, 2))"),
    ("", "(int('12'), int(3.9), int(-3.9), int('ff', 16), float('1e3'), round(2.5), round(3.14159, 2), abs(-3))"),
    ("", "(divmod(17, 5), pow(2, 5), pow(3, 4, 5), min(3, 1, 2), max([4, 9]), sum([1, 2], 10), sum([[1], [2]], []))"),
    ("", "(bool([]), bool('0'), str(1.0), str([1, 'a']), repr('a\"b'), str(None), str((1,)), str({'a': 1}), ord('a'))"),
    (
        "import math",
        "(math.ceil(7 / 2), math.floor(3.7), math.sqrt(16), math.log2(8), math.prod([2, 3, 4]), math.gcd(12, 18))",
    ),
    (
        "import math",
        "(math.factorial(5), math.comb(5, 2), math.isclose(1, 1 + 1e-12), math.log(8, 2), math.pi, math.inf)",
    ),
    ("from math import ceil as up, pi", "(up(2.1), pi)"),
    # texts
    (
        "",
        "('a' + 'b' * 3, 'abc'[1], 'abcdef'[::-2], 'a,b,c'.split(','), ' x '.strip(), 'Ab'.lower(), 'x-y'.replace('-', '_'))",
    ),
    ("n, s = 3, 'w'", "f'{n:>5d}|{s!r}|{n + 1}|{3.14159:.3f}|{n:0{n}d}|{{}}|{s:*^5}'"),
    ("", "'%s has %d of %5.2f%% %r %x %-4s|' % ('a', 3, 2.5, 'q', 255, 'z')"),
    ("", "'%(a)s-%(b)03d' % {'a': 1, 'b': 2}"),
    ("", "'{} {} {0}'.format if False else '{1} {0:>4} {k[x]} {l[0]!r}'.format(1, 'b', k={'x': 2}, l=['q'])"),
    ("", "('layer{}'.format(3), '{:.2f}'.format(2), '{:,}'.format(1234567), '{:{w}}|'.format('a', w=3))"),
    (
        "",
        "('a b'.title(), 'abc'.find('c'), 'a.b.c'.rsplit('.', 1), 'abc'.startswith(('x', 'a')), '-'.join(['a', 'b']), '7'.zfill(3))",
    ),
    (
        "",
        "('a\\tb'.expandtabs(4), 'ab'.center(6, '.'), 'x=1'.partition('='), 'abc'.endswith('c'), '12'.isdigit(), 'aXb'.swapcase())",
    ),
    # containers
    (
        "l = [1, 2, 3]\nl.append(4)\nl += [5]\nl.insert(0, 0)\nx = l.pop()\nl.extend(range(2))\nl.remove(0)",
        "(l, x, l[-1], l[1:3], l.index(3), l.count(1))",
    ),
    (
        "l = [3, 1, 2]\nl.sort(reverse=True)\nm = l[:]\nl.reverse()\nm[0:2] = [9]\ndel m[0]",
        "(l, m, sorted([(2, 'a'), (1, 'b')]), sorted('bca', key=lambda c: -ord(c)), list(reversed([1, 2])))",
    ),
    (
        "d = {'a': 1}\nd['b'] = 2\nd.update(c=3)\nd.setdefault('e', []).append(1)\nx = d.pop('a')\ndel d['c']",
        "(d, x, d.get('z', 7), list(d), list(d.items()), {**d, 'q': 0}, len(d))",
    ),
    (
        "d = dict(a=1, b=2)",
        "(d, dict([(1, 2)]), dict(zip('ab', [1, 2])), {k: v * 2 for k, v in d.items()}, dict.fromkeys('ab', 0), d | {'c': 3})",
    ),
    (
        "s = {1, 2}\ns.add(3)\ns |= {4}\ns.discard(1)",
        "(sorted(s), sorted(s & {2, 9}), sorted(s - {2}), {1} <= {1, 2}, sorted(set('aab')), frozenset([1]) == {1})",
    ),
    ("a, (b, *c), d = 1, (2, 3, 4), 5\ne = f = [0]\nf.append(1)\n(x), [y] = 1, [2]", "(a, b, c, d, e, x, y)"),
    ("a, b = 1, 2\na, b = b, a\n*h, t = 'xyz'", "(a, b, h, t)"),
    ("", "[*range(3), *'ab', *[x for x in (1, 2)]]"),
    (
        "",
        "([x * y for x in range(3) for y in range(x) if y != 1], {x % 3 for x in range(9)} == {0, 1, 2}, [[i] * 2 for i in range(2)])",
    ),
    (
        "",
        "(list(zip([1, 2], 'abc')), list(enumerate('ab', 1)), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, '', 2])))",
    ),
    (
        "",
        "(any(x > 2 for x in [1, 3]), all([]), sum(x for x in range(4)), max((len(w), w) for w in ['a', 'bb']), max('abc', key=ord), min([], default=3))",
    ),
    ("g = (x for x in [1, 2, 3])\nfirst = next(g)", "(first, list(g), list(g), next(iter([]), 'none'))"),
    ("z = zip([1], [2])\na = list(z)", "(a, list(z))"),
    ("l = [[0] * 2] * 2\nl[0][0] = 5", "l"),
    ("def f(x=[]):\n    x.append(1)\n    return x", "(f(), f())[0]"),
    ("x = [1, 2]\ny = x\ny += [3]\nz = x + [4]", "(x, y, z)"),
    ("t = (1,)\nu = t\nu += (2,)", "(t, u)"),
    (
        "cfg = {'A': [64, 'M'], 'B': [1, *[2] * 2]}",
        "(cfg['A'][0], cfg['B'], [v for v in cfg['A'] if v != 'M'], type(cfg['A'][1]) is str)",
    ),
    (
        "",
        "(list(range(10))[2:8:3], list(range(5, 0, -2)), len(range(0, 10, 3)), range(10)[3], (1, 2, 3)[-2:], range(3) == range(0, 3))",
    ),
    # functions
    (
        "def f(a, b=2, *args, c, d=4, **kw):\n    return a, b, args, c, d, kw",
        "(f(1, c=3), f(1, 2, 3, 4, c=5, e=6), f(*[1, 2], **{'c': 3, 'z': 0}))",
    ),
    ("def f(a, /, b, *, c=1):\n    return a, b, c", "(f(1, 2), f(1, b=2, c=3))"),
    (
        "def outer():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n        return n\n    inc()\n    return inc() + n",
        "outer()",
    ),
    ("count = 0\ndef f():\n    global count\n    count += 1\n    return count\nf()\nf()", "f() > 0"),
    ("def make(n):\n    return lambda x, k=n: x * k + n\nfs = [make(i) for i in range(3)]", "[f(10) for f in fs]"),
    ("fs = [lambda: i for i in range(3)]", "[f() for f in fs]"),
    ("def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)", "fact(20)"),
    (
        "def even(n):\n    return True if n == 0 else odd(n - 1)\ndef odd(n):\n    return False if n == 0 else even(n - 1)",
        "even(10)",
    ),
    (
        "def gen(n):\n    for i in range(n):\n        if i == 2:\n            return\n        yield i\n    yield 99\ndef both():\n    yield from gen(5)\n    yield 'end'",
        "list(both())",
    ),
    (
        "def f(n):\n    r = []\n    while True:\n        n -= 1\n        if n == 3:\n            continue\n        if n < 0:\n            break\n        r.append(n)\n    else:\n        r.append('never')\n    return r",
        "f(6)",
    ),
    (
        "def f(x):\n    for i in x:\n        if i == 2:\n            break\n    else:\n        return 'no break'\n    return i",
        "(f([1, 2, 3]), f([1]))",
    ),
    ("def f():\n    if (n := 10) > 5:\n        return [y := 1, y ** 2, n]", "f()"),
    (
        "def deco(f):\n    def inner(*a, **k):\n        return f(*a, **k) + 1\n    return inner\n@deco\ndef g(x):\n    return x",
        "g(1)",
    ),
    ("def deco(n):\n    return lambda f: (lambda x: f(x) * n)\n@deco(3)\n@deco(2)\ndef g(x):\n    return x", "g(1)"),
    ("x = 5\ndef f():\n    y = [x for x in range(3)]\n    return x, y", "f()"),
    (
        "def f(*, a):\n    del a\n    try:\n        return a\n    except UnboundLocalError:\n        return 'unbound'",
        "f(a=1)",
    ),
    ("def f():\n    return f.__name__\nf.tag = 7", "(f(), f.tag)"),
    # errors that are caught
    (
        "def f(x):\n    try:\n        return 10 // x\n    except ZeroDivisionError as e:\n        return str(e)\n    else:\n        return 'else'\n    finally:\n        x = 3",
        "(f(0), f(3))",
    ),
    (
        "def f():\n    out = []\n    try:\n        try:\n            raise ValueError('a', 1)\n        finally:\n            out.append('f')\n    except (KeyError, ValueError) as e:\n        out.append(e.args)\n    return out",
        "f()",
    ),
    (
        "class E(Exception):\n    def __init__(self, n):\n        super().__init__(f'n={n}')\n        self.n = n\ndef f():\n    try:\n        raise E(3)\n    except Exception as e:\n        return e.n, str(e), isinstance(e, E)",
        "f()",
    ),
    (
        "def f(g):\n    try:\n        g()\n    except Exception as e:\n        return type(e).__name__\nd = {}",
        "[f(g) for g in (lambda: d['x'], lambda: [][1], lambda: None.x, lambda: 1 + 'a', lambda: int('q'), lambda: [].remove(1), lambda: next(iter([])), lambda: nosuch, lambda: f(1, 2), lambda: len(3), lambda: {}[[]])]",
    ),
    (
        "def f():\n    try:\n        raise KeyError('k')\n    except KeyError:\n        try:\n            raise\n        except KeyError as e:\n            return e.args",
        "f()",
    ),
    (
        "def f():\n    for i in range(3):\n        try:\n            continue\n        finally:\n            if i == 1:\n                return i",
        "f()",
    ),
    (
        "def f(x):\n    assert x > 0, f'bad {x}'\n    return x\ndef g():\n    try:\n        f(-1)\n    except AssertionError as e:\n        return str(e)",
        "(f(1), g())",
    ),
    (
        "try:\n    import no_such_module_at_all\nexcept ImportError:\n    no_such_module_at_all = None",
        "no_such_module_at_all",
    ),
    # classes
    (
        "class A:\n    kind = 'a'\n    def __init__(self, n=1):\n        self.n = n\n    def twice(self):\n        return self.n * 2\n    @property\n    def size(self):\n        return self.n + 1\n    @size.setter\n    def size(self, v):\n        self.n = v - 1\n    @staticmethod\n    def s(x):\n        return x + 1\n    @classmethod\n    def make(cls, n):\n        return cls(n)\na = A(3)\na.size = 10\na.kind = 'b'",
        "(a.n, a.size, a.twice(), A.s(1), a.s(2), A.make(5).n, A.kind, a.kind, A.twice(A(4)))",
    ),
    (
        "class A:\n    def f(self):\n        return 'A'\nclass B(A):\n    def f(self):\n        return 'B' + super().f()\nclass C(A):\n    def f(self):\n        return 'C' + super().f()\nclass D(B, C):\n    def f(self):\n        return 'D' + super(D, self).f()",
        "(D().f(), isinstance(D(), A), issubclass(D, C), [c.__name__ for c in type(D()).mro()[:4]])",
    ),
    (
        "class A:\n    def __init__(self):\n        self.l = []\n    def __len__(self):\n        return len(self.l)\n    def __getitem__(self, i):\n        return self.l[i]\n    def __setitem__(self, i, v):\n        self.l.insert(i, v)\n    def __iter__(self):\n        return iter(self.l)\n    def __contains__(self, v):\n        return v == 7\n    def __call__(self, x):\n        return x + 1\n    def __add__(self, o):\n        return ('add', o)\n    def __radd__(self, o):\n        return ('radd', o)\n    def __eq__(self, o):\n        return True\n    def __bool__(self):\n        return False\n    def __repr__(self):\n        return 'A!'\na = A()\na[0] = 5\na[0] = 6",
        "(len(a), a[1], list(a), 7 in a, a(1), a + 1, 1 + a, a == 3, a != 3, bool(a), str([a]), f'{a}', 0 if a else 1)",
    ),
    (
        "class A:\n    def __getattr__(self, n):\n        if n.startswith('x'):\n            return n * 2\n        raise AttributeError(n)\na = A()",
        "(a.xy, hasattr(a, 'q'), getattr(a, 'q', 3), getattr(a, 'x'))",
    ),
    (
        "class A:\n    def __init__(self):\n        for i in range(3):\n            setattr(self, f'c{i}', i * i)\na = A()",
        "([getattr(a, f'c{i}') for i in range(3)], a.__dict__, vars(a), a.__class__.__name__)",
    ),
    (
        "class It:\n    def __init__(self, n):\n        self.n = n\n    def __iter__(self):\n        return self\n    def __next__(self):\n        if self.n == 0:\n            raise StopIteration\n        self.n -= 1\n        return self.n",
        "(list(It(3)), [x for x in It(2)], sum(It(4)))",
    ),
    (
        "class Cfg(dict):\n    def __getattr__(self, k):\n        return self[k]\n    __setattr__ = dict.__setitem__\nc = Cfg(a=1, b=2)\nc.z = 3",
        "(c.a, c['b'], c.z, len(c), sorted(c), isinstance(c, dict), c.get('q'), {**c})",
    ),
    (
        "class L(list):\n    def total(self):\n        return sum(self)\nl = L([1, 2])\nl.append(3)",
        "(l.total(), len(l), l[0], list(l), isinstance(l, list))",
    ),
    (
        "class A:\n    n = 0\n    def __new__(cls, *a):\n        o = super().__new__(cls)\n        o.made = True\n        return o\n    def __init__(self, x):\n        A.n += 1\n        self.x = x\na, b = A(1), A(2)",
        "(a.made, b.x, A.n)",
    ),
    (
        "class Reg:\n    subs = []\n    def __init_subclass__(cls, **kw):\n        Reg.subs.append((cls.__name__, kw))\nclass X(Reg, tag=1):\n    pass\ny = X",
        "Reg.subs if y else 0",
    ),
    (
        "class A:\n    x = [1, 2]\n    y = [v * 2 for v in x]\n    z = len(x)\n    def f(self):\n        return self.x\n    g = f",
        "(A.y, A.z, A().g())",
    ),
    (
        "def cls_in_func(k):\n    class Inner:\n        val = k\n        def get(self):\n            return k + self.val\n    return Inner\nI = cls_in_func(4)",
        "I().get()",
    ),
    (
        "class M:\n    def __enter__(self):\n        return 'in'\n    def __exit__(self, *a):\n        self.done = a[0] is not None\n        return True\nm = M()\ndef f():\n    with m as v:\n        raise ValueError\n    return v, m.done",
        "f()",
    ),
    # the standard library
    (
        "from dataclasses import dataclass, field, asdict, replace\n@dataclass\nclass C:\n    a: int\n    b: float = 0.5\n    c: list = field(default_factory=list)\n    def area(self):\n        return self.a * self.b\n@dataclass(repr=False)\nclass D(C):\n    d: str = 'x'\n    e: int = field(default=3)\nc = C(2)\nd = D(1, d='y')\nc.c.append(1)",
        "(c.area(), c.c, C(1).c, d.d, d.e, asdict(d), C(1) == C(1), str(C(1)), replace(c, a=9).a)",
    ),
    (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    def __post_init__(self):\n        self.y = self.x * 2",
        "P(4).y",
    ),
    (
        "from collections import namedtuple, OrderedDict, defaultdict, deque\nP = namedtuple('P', 'x y')\np = P(1, y=2)\no = OrderedDict([('a', 1), ('b', 2)])\no.move_to_end('a')\nd = defaultdict(list)\nd['k'].append(1)\nq = deque([1, 2], maxlen=2)\nq.append(3)",
        "(p.x, p[1], tuple(p), len(p), p == (1, 2), list(o), dict(d), list(q), p._replace(x=5).x, p._asdict())",
    ),
    (
        "from typing import NamedTuple, Optional, List\nclass S(NamedTuple):\n    a: int\n    b: Optional[List[int]] = None\n    def total(self):\n        return self.a + 1\ns = S(3)\na, b = s",
        "(s.total(), a, b, s.a, isinstance(s, tuple))",
    ),
    (
        "from enum import Enum, auto, IntEnum\nclass K(Enum):\n    A = 'a'\n    B = 'b'\n    def up(self):\n        return self.value.upper()\nclass N(IntEnum):\n    ONE = 1\n    TWO = auto()",
        "(K.A.value, K('b').name, K['A'] is K.A, [k.name for k in K], K.A.up(), N.TWO + 1, N.ONE == 1, K.A == K.B, len(K))",
    ),
    (
        "from functools import partial, reduce, lru_cache, wraps\np = partial(pow, 2)\n@lru_cache(maxsize=None)\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\ndef deco(f):\n    @wraps(f)\n    def inner(*a):\n        return f(*a)\n    return inner\n@deco\ndef g(x):\n    return x",
        "(p(5), reduce(lambda a, b: a * b, [1, 2, 3, 4]), fib(10), g(3), p.keywords)",
    ),
    (
        "import itertools as it",
        "(list(it.chain([1], [2])), list(it.product([1, 2], 'ab')), list(it.islice(it.count(3), 3)), list(it.accumulate([1, 2, 3])), list(it.chain.from_iterable([[1], [2]])), list(it.combinations([1, 2, 3], 2)), list(it.repeat(0, 2)), list(it.zip_longest([1], [2, 3])))",
    ),
    (
        "import operator",
        "(operator.mul(2, 3), operator.itemgetter(1)([4, 5]), operator.attrgetter('real')(3), sorted([(1, 'b'), (2, 'a')], key=operator.itemgetter(1)))",
    ),
    (
        "import copy\na = {'x': [1, [2]]}\nb = copy.deepcopy(a)\nb['x'][1].append(3)\nc = copy.copy(a)\nc['y'] = 1",
        "(a, b, sorted(c))",
    ),
    (
        "import re",
        "(re.split(r'(\\d+)', 'k3_s11'), re.findall(r'[a-z]\\d+', 'r1_k3'), re.match(r'(\\w)(\\d)', 'k3').groups(), re.sub('_', '-', 'a_b'), re.search('z', 'a'), re.compile('b+').search('abbc').group())",
    ),
    (
        "import argparse\np = argparse.ArgumentParser(description='x')\np.add_argument('--lr', type=float, default=0.1)\np.add_argument('--n-layers', type=int, default='3')\np.add_argument('--cuda', action='store_true')\np.add_argument('-b', '--batch', default=8, help='size')\np.add_argument('--name')\ng = p.add_argument_group('g')\ng.add_argument('--dim', type=int, default=64)\nargs = p.parse_args([])\nargs.extra = args.lr * 2",
        "(args.lr, args.n_layers, args.cuda, args.batch, args.name, args.dim, args.extra, sorted(vars(args)))",
    ),
    ("from types import SimpleNamespace\nn = SimpleNamespace(a=1)\nn.b = 2", "(n.a, n.b)"),
    (
        "from abc import ABC, abstractmethod\nfrom typing import *\nT = TypeVar('T')\nclass A(ABC, Generic[T]):\n    @abstractmethod\n    def f(self): ...\nclass B(A[int]):\n    def f(self) -> Dict[str, Optional[int]]:\n        x: int = 3\n        return x",
        "(B().f(), isinstance([], List), cast(int, 'a'))",
    ),
    (
        "from collections.abc import Iterable, Sequence, Callable",
        "(isinstance([], Iterable), isinstance(3, Iterable), isinstance('a', Sequence), isinstance(len, Callable))",
    ),
    ("import numbers", "(isinstance(3, numbers.Number), isinstance('3', numbers.Number))"),
    (
        "import warnings, logging, os, sys, time, random\nlog = logging.getLogger(__name__)\nlog.info('x')\nwarnings.warn('x')\nrandom.seed(0)\nn = 3",
        "(n, sys.version_info >= (3, 8), sys.version_info[0], sys.version_info.major)",
    ),
    # statements
    (
        "def f(x):\n    match x:\n        case 0 | 1:\n            return 'small'\n        case [a, *rest] if a > 2:\n            return rest\n        case {'k': v, **o}:\n            return v, o\n        case str() as s:\n            return s + '!'\n        case (x, y):\n            return x + y\n        case None:\n            return 'none'\n        case _:\n            return 'other'",
        "[f(v) for v in (1, [3, 4, 5], {'k': 1, 'z': 2}, 'a', (1, 2), None, 2.5)]",
    ),
    ("x = 3\nif x > 2:\n    y = 'big'\nelif x > 1:\n    y = 'mid'\nelse:\n    y = 'small'", "y"),
    ("n = 0\nfor i in range(5):\n    n += i\nwhile n > 3:\n    n -= 3", "(n, i)"),
    ("a = b = 0\na, c = 5, a", "(a, b, c)"),
    ("a = 3\nb = a * 2\na = 5\nc = a", "(b, a, c)"),
    ("a = 3\nb = a * 2\na = 5\nc = a", "(c, a, b)"),
    ("l = []\nfor i in range(3):\n    l.append(i)\nm = tuple(l)\nl.append(9)", "(l, m)"),
    ("l = []\nm = [l, 1]\nl.append(2)", "m"),
    ("def f():\n    return N\nN = 1\na = f()\nN = 2\nb = f()", "(b, a, f())"),
    ("def f(l):\n    l.append(1)\nl = []\nf(l)\nf(l)", "l"),
    (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass A:\n    x: int\ndef f(a):\n    try:\n        a.x = 3\n    except AttributeError:\n        return 'frozen'",
        "f(A(1))",
    ),
    (
        "l = [0]\nm = l\nn = [m, 1]\nm.append(2)\ndef grow(a, by):\n    a.append(by)\ngrow(l, by=3)\nn[0].append(4)",
        "(n, l)",
    ),
    ("class A:\n    pass\nA.x = 3\na = A()\na.y = A.x + 1", "(a.x, a.y)"),
    ("d = {}\nd['a'] = 1\ne = dict(d)\nd['b'] = 2\ndel d['a']", "(d, e)"),
    ("if __name__ == '__main__':\n    n = 5\nelse:\n    n = 6", "n"),
    (
        "x = 1\ndef f():\n    x = 2\n    class A:\n        y = x\n        def g(self):\n            return x\n    return A.y, A().g()",
        "f()",
    ),
    ("l = [3, 4]\n[a, b] = l\nl[0], l[1] = l[1], l[0]\nl[-1] *= 10", "(a, b, l)"),
    ("class A:\n    v = 1\na = A()\na.v += 4\nd = {'k': [1]}\nd['k'] += [2]", "(a.v, A.v, d)"),
    ("x = [1, 2, 3]\nfor i, v in enumerate(x):\n    x[i] = v * v", "x"),
    (
        "import numpy as np",
        "(int(np.prod([2, 3, 4])), int(np.ceil(2.1)), float(np.log2(8)), np.arange(3).tolist(), (np.array([8, 16]) * 2).tolist(), np.cumsum([1, 2, 3]).tolist(), int(np.array([1.5, 2]).sum()), np.array([[1, 2], [3, 4]]).shape, int(np.floor(7 / 2)), np.linspace(0, 1, 3).tolist(), float(np.round(2.5)), [int(n) for n in np.array([1, 2])])",
    ),
    (
        "import numpy as np\na = np.array([[1, 2], [3, 4]])\nb = a.copy()\nb[0, 0] = 9",
        "(a.tolist(), b.tolist(), (a + [10, 20]).tolist(), ([10, 20] - a).tolist(), (~a).tolist(), (-a).tolist())",
    ),
    (
        "import numpy as np\na = np.zeros((2, 3))\na[1, 2] = 5\na[0][1] = 4\nb = np.arange(3)\nb[-1] = 9\nb[0] = 2.7\nc = np.array([1.5, 2])\nc[1] = 2.5",
        "(a.tolist(), b.tolist(), np.maximum([1, 5], [4, 2]).tolist(), int(np.minimum(3, 2)), np.add([1, 2], 3).tolist(), c.tolist())",
    ),
    (
        "import functools\nclass A:\n    def __init__(self, n, k=0):\n        self.n, self.k = n, k\ndef partly(cls, **kw):\n    class B(cls):\n        __init__ = functools.partialmethod(cls.__init__, **kw)\n    return B\nb = partly(A, k=3)(5)",
        "(b.n, b.k)",
    ),
    ("class A:\n    x = ...", "(hasattr(A, 'x'), hasattr(A(), 'x'), hasattr(A, 'y'))"),
    # names that are written nowhere
    (
        "from functools import partial\ndef make(n, k=1):\n    return n * k\nfor width in (2, 3):\n    globals()[f'make_{width}'] = partial(make, k=width)\ndef late():\n    return make_3(5)",
        "(make_2(4), globals()['make_3'](4), late(), 'make_4' in globals(), globals().get('nothing', 7), [k for k in globals() if k == 'late'])",
    ),
    (
        "def f():\n    return 1\ng = globals()\ng['f'] = lambda: 2\ndef define(name, value):\n    globals()[name] = value\ndefine('h', 4)\nglobals().update({'u': 5}, v=6)\nglobals().setdefault('u', 9)\nw = u + 1",
        "(f(), h, u, v, w)",
    ),
    (
        "n = 3\nlocals()['m'] = n + 1\nfor i in range(2):\n    locals()['x%d' % i] = unknown() if i > 5 else i",
        "(m, x0, x1)",
    ),
    (
        "k = 2\ntry:\n    globals()['q'] = nothing\nexcept NameError:\n    q = 8",
        "(k, q, __name__, globals()['__name__'])",
    ),
    # what functions take, and what passes for another
    (
        "import functools, inspect\ndef keywords(f):\n    names = inspect.signature(f).parameters\n    first = next(i for i, p in enumerate(names.values()) if p.kind == p.KEYWORD_ONLY)\n    only = tuple(names)[first:]\n    @functools.wraps(f)\n    def inner(*args, **kwargs):\n        return f(*args[:first], **dict(zip(only, args[first:])), **kwargs)\n    return inner\n@keywords\ndef f(a, *, b=2, c=3):\n    return a, b, c\nclass A:\n    def __init__(self, n, *args, k=1, **more):\n        pass\n    def g(self, x, y=5):\n        pass",
        "(f(1, 7), f.__name__, f.__class__.__name__, f.__module__, A.__module__, A(1).__class__.__name__, [(p.name, int(p.kind), p.default is inspect.Parameter.empty) for p in inspect.signature(A).parameters.values()], list(inspect.signature(A(1).g).parameters), list(inspect.signature(f).parameters), inspect.getfullargspec(A.g).args, inspect.getfullargspec(A.__init__).varkw, inspect.isclass(A), inspect.isfunction(f), inspect.ismethod(A(1).g), inspect.ismodule(inspect))",
    ),
]
