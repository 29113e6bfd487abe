"""Lines of programs as people paste them: what is behind a call, around it and before it means something."""

import pytest

from convcalc.commands.words import spec_of_words
from convcalc.network.load import summarise_spec, summarise_text
from convcalc.spec.choices import Choices
from convcalc.spec.layout import written_order

# What people typed for `convcalc layer`, the output and the parameters that their framework gives.
LAYERS = {
    "Conv2D(32, kernel_size=(3, 3), activation='relu', input_shape=(28, 28, 1))": ("28x28x1", "26x26x32", 320, "keras"),
    "model.add(Conv2D(32, (3, 3)))": ("28x28x1", "26x26x32", 320, "keras"),
    "Activation('relu')": ("7x7x8", "7x7x8", 0, "keras"),
    "LSTM(units=256, input_dim=4096, input_length=16)": ("16x4096", "256", 4_457_472, "keras"),
    "LSTM(units=32)": ("10x8", "32", 4 * 32 * (8 + 32 + 1)),  # Keras's word
    "LSTM(8, 32)": ("10x8", "10x32", 4 * 32 * (8 + 32 + 2)),
    "Dense(64, input_dim=20)": ("20", "64", 64 * 21, "keras"),
    "F.max_pool2d(x, 2)": ("3x32x32", "3x16x16", 0),
    "F.avg_pool2d(x, 2)": ("3x32x32", "3x16x16", 0),
    "F.adaptive_avg_pool2d(x, (1, 1))": ("3x32x32", "3x1x1", 0),
    "F.interpolate(x, scale_factor=2, mode='bilinear')": ("8x16x16", "8x32x32", 0),
    "F.dropout(x, 0.5, self.training)": ("16x5x5", "16x5x5", 0),
    "F.softmax(x, dim=1)": ("10", "10", 0),
    "F.log_softmax(x, dim=1)": ("10", "10", 0),
    "F.pad(x, (1, 1))": ("16x5x5", "16x5x7", 0),
    "F.pad(x, [0, 1, 2, 0])": ("16x5x5", "16x7x6", 0),
    "F.pad(x, (0, 0, 0, 0, 4, 4))": ("16x5x5", "24x5x5", 0),
    "F.pixel_shuffle(x, 2)": ("16x5x5", "4x10x10", 0),
    "F.unfold(x, 3)": ("16x5x5", "144x9", 0),
    "torch.flatten(x, 1)": ("16x5x5", "400", 0),
    "torch.relu(x)": ("16x5x5", "16x5x5", 0),
    "torch.sigmoid(x)": ("16", "16", 0),
    "x.view(x.size(0), -1)": ("16x5x5", "400", 0),
    "x.view(-1, 16 * 5 * 5)": ("16x5x5", "400", 0),
    "x.reshape(x.shape[0], 16, -1)": ("16x5x5", "16x25", 0),
    "x.flatten(1)": ("16x5x5", "400", 0),
    "x.mean([2, 3])": ("16x5x5", "16", 0),
    "x.mean(dim=(2, 3), keepdim=True)": ("16x5x5", "16x1x1", 0),
    "x.permute(0, 2, 3, 1)": ("16x5x6", "5x6x16", 0),
    "x.transpose(1, 2)": ("16x5x6", "5x16x6", 0),
    "x.squeeze(-1)": ("16x1", "16", 0),
    "x.unsqueeze(1)": ("28x28", "1x28x28", 0),
    "x.squeeze(-1).unsqueeze(1)": ("16x1", "1x16", 0),
    "max_pool2d(x, 2)": ("3x32x32", "3x16x16", 0),
    "tf.nn.relu(x)": ("16x16x3", "16x16x3", 0),
    "tf.reshape(x, [-1, 400])": ("5x5x16", "400", 0),
    "F.relu(nn.Conv2d(1, 32, 3)(x))": ("1x28x28", "32x26x26", 320),
    "Activation('relu')(Conv2D(8, 3)(x))": ("28x28x1", "26x26x8", 80, "keras"),
    "F.max_pool2d(F.relu(nn.Conv2d(3, 6, 5)(x)), 2)": ("3x32x32", "6x14x14", 456),
    "nn.Conv2d(3, 6, 5)  # 28x28": ("3x32x32", "6x28x28", 456),
    "nn.Conv2d(3, 6, 5)  # 3x32x32 -> 6x28x28": ("3x32x32", "6x28x28", 456),
    "nn.Conv1d(1, 32, 2).float()": ("1x13", "32x12", 96),
    "nn.Conv2d(3, 64, 3).to(device)": ("3x8x8", "64x6x6", 1792),
    "nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(inplace=True)": ("3x8x8", "64x8x8", 1792),
    "nn.Conv2d(3, 64, 3, padding=1),": ("3x8x8", "64x8x8", 1792),
    "nn.Conv2d(3, 64, 3, padding=1);": ("3x8x8", "64x8x8", 1792),
    "self.conv1 = nn.Conv2d(3, 64, 3)": ("3x8x8", "64x6x6", 1792),
    "layers += [nn.Conv2d(3, 8, 3), nn.ReLU()]": ("3x8x8", "8x6x6", 224),
    "x = x * 0.5 + 1": ("3x8x8", "3x8x8", 0),
    "out = nn.LSTM(8, 32, batch_first=True)(x)[0]": ("10x8", "10x32", 5376),
    "nn.MultiheadAttention(64, 4, batch_first=True)(x, x, x)": ("10x64", "10x64", 16_640),
    "(conv1): Conv2d(3, 64, kernel_size=(3, 3))": ("3x8x8", "64x6x6", 1792),
    "x = LSTM(64, return_sequences=True)(x)": ("10x8", "10x64", 4 * 64 * (8 + 64 + 1)),
    "F.layer_norm(x, (64,))": ("10x64", "10x64", 0),
    "functools.partial(nn.Conv2d, kernel_size=3, padding=1)(3, 8)": ("3x8x8", "8x8x8", 224),
}  # fmt: skip
JOINED = {
    "torch.cat([a, b], dim=1)": ("16x5x5", "8x5x5", "24x5x5"),
    "torch.cat((a, b), 1)": ("16x5x5", "8x5x5", "24x5x5"),
    "torch.add(a, b)": ("16x5x5", "16x5x5", "16x5x5"),
    "keras.layers.concatenate([a, b])": ("5x5x16", "5x5x3", "5x5x19"),
    "concatenate([a, b], axis=3)": ("5x5x16", "5x5x3", "5x5x19"),
    "layers.add([a, b])": ("5x5x16", "5x5x16", "5x5x16"),
    "Concatenate()([a, b])": ("5x5x16", "5x5x3", "5x5x19"),
    "x = x + identity": ("3x8x8", "3x8x8", "3x8x8"),
    "torch.matmul(q, k)": ("3x4", "4x5", "3x5"),
}
LANGUAGE = {  # what Python's parser would take as well
    "parameter [1 + (4//2)**2, 3]": ("3x8x8", "5x3", 15),
    "linear (3+1)*2": ("8", "8", 72),
    "maxpool (2)": ("3x8x8", "3x4x4", 0),
}


def report_of(line, *shapes, keras=False):
    """The report of one line on inputs of these shapes."""
    choices = Choices(convention="keras", layout="channels_last") if keras else Choices()
    return summarise_spec(spec_of_words((line, *shapes), choices), choices)


def numbers_of(report):
    """The output as its network writes it, and the parameters; the errors where there are any."""
    if report.errors:
        return [f"{error.code} {error.message}" for error in report.errors]
    output = written_order(report.output, report.channels_last)
    return "x".join(map(str, output)), report.totals.parameters


@pytest.mark.parametrize("line", LANGUAGE)
def test_words_of_the_language_are_no_program(line):
    shape, output, parameters = LANGUAGE[line]
    assert numbers_of(report_of(line, shape)) == (output, parameters)


@pytest.mark.parametrize("line", LAYERS)
def test_a_line_is_what_its_framework_makes_of_it(line):
    shape, output, parameters, *keras = LAYERS[line]
    assert numbers_of(report_of(line, shape, keras=bool(keras))) == (output, parameters)


@pytest.mark.parametrize("line", JOINED)
def test_a_line_joins_its_tensors(line):
    *shapes, output = JOINED[line]
    assert numbers_of(report_of(line, *shapes)) == (output, 0)


def network(lines, shape="3x32x32", keras=False):
    head = f"input: {shape}\n" * bool(shape) + "convention: keras\n" * keras
    return summarise_text(head + "layers:\n" + "".join(f"  - {line}\n" for line in lines))


# Lines in the order of a program, on an input: the layers with their sources, the output and the parameters.
PROGRAMS = {
    "a variable that is used again is what it was last": (
        ["x = Conv2D(8, 3)(x)", "x = MaxPooling2D(2)(x)"], "28x28x1", "keras",
        "conv1 maxpool1", "13x13x8", 80),
    "two layers on one input": (
        ["a = Conv2D(8, 3, padding='same')(inp)", "b = Conv2D(8, 5, padding='same')(inp)"], "32x32x3", "keras",
        "a b<input", "32x32x8", 832),
    "two functions on one input": (
        ["a = F.relu(nn.Conv2d(3, 8, 3)(inp))", "b = F.relu(nn.Conv2d(3, 4, 5)(inp))"], "3x32x32", "",
        "conv1 a conv2<input b", "4x28x28", 528),
    "two named layers joined": (
        ["a: conv 8 k1", "b: conv 8 k1 from=a", "torch.cat([a, b], dim=1)"], "3x8x8", "",
        "a b concat1<a,b", "16x8x8", 104),
    "a tower": (
        ["a = Conv2D(8, 3, padding='same')(inp)", "b = Conv2D(4, 3, padding='same')(inp)", "c = Concatenate()([a, b])",
         "d = concatenate([c, a], axis=-1)"], "32x32x3", "keras",
        "a b<input c<a,b d<c,a", "32x32x20", 336),
    "layers of a class, called in another order": (
        ["self.conv1 = nn.Conv2d(3, 6, 5)", "self.pool = nn.MaxPool2d(2, 2)", "self.conv2 = nn.Conv2d(6, 16, 5)",
         "self.fc1 = nn.Linear(16 * 5 * 5, 120)", "self.fc2 = nn.Linear(120, 84)", "self.fc3 = nn.Linear(84, 10)",
         "x = self.pool(F.relu(self.conv1(x)))", "x = self.pool(F.relu(self.conv2(x)))",
         "x = x.view(-1, 16 * 5 * 5)", "x = F.relu(self.fc1(x))", "x = F.relu(self.fc2(x))", "x = self.fc3(x)",
         "return x"], "3x32x32", "",
        "conv1 relu1 pool conv2 relu2 pool_2 reshape1 fc1 relu3 fc2 relu4 fc3", "10", 62_006),
    "a layer called twice has its weights once": (
        ["self.conv = nn.Conv2d(3, 3, 3, padding=1)", "x = self.conv(x)", "x = self.conv(x)"], "3x8x8", "",
        "conv conv_2", "3x8x8", 84),
    "a skip connection": (
        ["self.conv1 = nn.Conv2d(3, 64, 3, padding=1)", "self.bn1 = nn.BatchNorm2d(64)",
         "self.conv2 = nn.Conv2d(64, 64, 3, padding=1)", "x = self.bn1(self.conv1(x))", "identity = x",
         "out = F.relu(x)", "out = self.conv2(out)", "out += identity", "out = F.relu(out)", "return out"],
        "3x32x32", "",
        "conv1 bn1 relu1 conv2 add1<conv2,bn1 relu2", "64x32x32", 38_848),
    "a sum of what has no name of its own": (
        ["x = Conv2D(8, 3, padding='same')(inp)", "y = Conv2D(8, 3, padding='same')(x)", "x = Add()([x, y])",
         "x = Conv2D(8, 1)(x)"], "32x32x3", "keras",
        "conv1 y add1<conv1,y conv2", "32x32x8", 880),
    "a layer with its activation is joined behind it": (
        ["x = layers.Conv2D(8, 3, padding='same', activation='relu')(x)",
         "y = layers.Conv2D(8, 3, padding='same', activation='relu')(x)", "z = layers.add([x, y])"], "32x32x3", "keras",
        "conv1 relu1 y relu2 z<relu1,relu2", "32x32x8", 808),
    "sides of another layer": (
        ["x1 = F.relu(nn.Conv2d(3, 8, 3, padding=1)(x))", "x2 = F.max_pool2d(x1, 2)",
         "x3 = F.interpolate(x2, size=x1.shape[2:])", "x4 = torch.cat([x3, x1], dim=1)"], "3x31x31", "",
        "conv1 x1 x2 x3 x4<x3,x1", "16x31x31", 224),
    "the last step of a recurrent layer": (
        ["self.lstm = nn.LSTM(8, 32, batch_first=True)", "self.fc = nn.Linear(32, 2)", "out, _ = self.lstm(x)",
         "out = self.fc(out[:, -1, :])"], "10x8", "",
        "lstm select1 fc", "2", 5442),
    "words of this language before lines of a program": (
        ["conv 8 k3 p1", "y = F.relu(x)", "z = x + y"], "3x32x32", "",
        "conv1 y z<conv1,y", "8x32x32", 224),
    "a path of a branch": (
        ["residual: ['conv 3 k3 p1', 'x = F.relu(x)', 'x = nn.Conv2d(3, 3, 1)(x)']"], "3x32x32", "",
        "conv1 relu1 conv2 add1<conv2,input", "3x32x32", 96),
    "expressions that name no result": (
        ["self.c = nn.Conv2d(3, 3, 3)", "x = self.c(x)", "F.relu(self.c(x))", "F.max_pool2d(x, 2)"], "3x32x32", "",
        "c c_2 relu1 maxpool1", "3x14x14", 84),
    "several lines in one entry": (
        ["|\n      x = F.relu(nn.Conv2d(3, 8, 3)(x))\n      x = F.max_pool2d(x, 2)"], "3x32x32", "",
        "conv1 relu1 maxpool1", "8x15x15", 224),
    "sequences of layers that are called": (
        ["self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())",
         "self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(7200, 10))", "x = self.features(x)",
         "x = self.classifier(x)"], "3x32x32", "",
        "features.conv1 features.relu1 classifier.flatten1 classifier.linear1", "10", 72_234),
    "an input that its first layer says": (
        ["model.add(Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))", "model.add(MaxPooling2D((2, 2)))",
         "model.add(Flatten())", "model.add(Dense(10, activation='softmax'))"], "", "",
        "conv1 relu1 maxpool1 flatten1 linear1 softmax1", "10", 54_410),
    "an input in a line of its own": (
        ["inputs = keras.Input(shape=(28, 28, 1))", "x = layers.Conv2D(32, 3)(inputs)", "x = layers.Flatten()(x)",
         "outputs = layers.Dense(10)(x)"], "", "",
        "conv1 flatten1 outputs", "10", 216_650),
}  # fmt: skip


@pytest.mark.parametrize("case", PROGRAMS)
def test_lines_are_read_in_the_order_of_their_program(case):
    lines, shape, keras, layers, output, parameters = PROGRAMS[case]
    report = network(lines, shape, bool(keras))
    assert numbers_of(report) == (output, parameters)
    before, found = "input", []
    for layer in report.layers:
        found.append(layer.name if layer.inputs == (before,) else f"{layer.name}<{','.join(layer.inputs)}")
        before = layer.name
    assert " ".join(found).replace("conv1<inputs", "conv1") == layers


# What cannot be read, and what to do.
REFUSED = {
    "a layer that is nowhere": (["x = F.relu(self.conv1(x))"], "N002", "self.conv1 = nn.Conv2d"),
    "an unknown tensor among several": (["torch.cat([x, y], 1)"], "N002", ""),
    "a layer that is called on nothing": (["F.relu(nn.Conv2d(3, 6, 5))"], "L031", "nn.Conv2d(3, 6, 5)(x)"),
    "a function that is handed its weights": (["F.conv2d(x, self.weight)"], "L026", "conv 64 k3"),
    "a number for the batch": (["x.view(16, 192)"], "L026", "reshape 16x192"),
    "the batch among the rest": (["x.view(-1)"], "L026", "flatten"),
    "a flattening of the batch": (["torch.flatten(x)"], "C014", "1 to 3"),
    "another number than there are": (["x.view(-1, 256)"], "C015", "3072 in place of 256"),
    "the state of a recurrent layer": (
        ["out, h = nn.LSTM(32, 8)(nn.Conv2d(3, 1, 1)(x))", "F.relu(h)"],
        "N002",
        "out[:, -1]",
    ),
    "one of a batch": (["y = F.relu(x)[1]"], "L031", "out[:, -1]"),
    "another input than there is": (
        ["layers.Permute((2, 3, 1))(x)", "Conv2D(8, 3, input_shape=(28, 28, 3))"],
        "C043",
        "leave it out",
    ),
    "a function of nothing known": (["x = mystery(x)"], "K001", ""),
    "a method of nothing known": (["x = x.mystery(3)"], "K001", ""),
    "several tensors": (["q, k, v = x.chunk(3, dim=1)"], "L031", "split 3"),
    "one of several tensors": (["x = torch.max(x, 1)[0]"], "L031", "reduce max"),
    "nothing but names": (["y = x", "z = y"], "L031", "conv1(x)"),
    "nothing but an input": (["x = torch.randn(1, 3, 8, 8)"], "L031", "conv1(x)"),
    "a line without a layer": (["batch_size = x.size(0)"], "L031", "leave the line out"),
    "no part of an output": (["x = nn.LSTM(8, 32)(x)[()]"], "L031", "begin with all of the batch"),
    "how many numbers a tensor has": (["n = torch.numel(x)"], "L031", "leave the line out"),
    "a line of Python's own": (["print(x.shape)"], "L031", "leave the line out"),
    "a layer of a class that is called": (["x = self.relu(x)"], "N002", "self.relu"),
    "a condition": (["x = nn.Conv2d(3, 6, 5)(x) if train else x"], "L031", "leave the line out"),
    "a keyword beside a layer": (["model.add(Conv2D(8, 3), name='x')"], "L031", "leave it out"),
    "any function": (["'x = Lambda(lambda x: x / 255.)(x)'"], "K003", "rescaling"),
    "an output that is called": (["nn.Conv2d(3, 6, 5)(x)(y)"], "L031", ""),
    "a program": (["'def forward(self, x): return x'"], "L031", "net.py"),
    "several outputs": (["return x, y"], "L031", "outputs: [x, y]"),
    "an output further up": (["a = F.relu(x)", "b = F.relu(a)", "return a"], "N005", "outputs: [a]"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused(case):
    lines, code, cure = REFUSED[case]
    error = network(lines).errors[0]
    assert error.code == code, error
    assert cure in error.hint
    assert error.mark and error.mark.line >= 3


# A branch in one line, and the same in several.
BRANCHES = {
    "residual: [conv 3 k3 p1 -> relu] -> relu": "[{residual: [conv 3 k3 p1, relu]}, relu]",
    "residual: [conv 3 k3 p1, relu] -> relu": "[{residual: [conv 3 k3 p1, relu]}, relu]",
    "gate: [globalavgpool -> conv 3 k1 -> sigmoid]": "[{gate: [globalavgpool, conv 3 k1, sigmoid]}]",
    "concat: [conv 3 k1, conv 4 k3 p1 -> relu]": "[{concat: [[conv 3 k1], [conv 4 k3 p1, relu]]}]",
    "2 x residual: [residual: [conv 3 k1], relu]": (
        "[{repeat: {times: 2, layers: [{residual: [{residual: [conv 3 k1]}, relu]}]}}]"),
}  # fmt: skip


@pytest.mark.parametrize("line", BRANCHES)
def test_a_branch_in_one_line_is_that_of_several(line):
    found = summarise_text(f"3x8x8 -> {line}")
    wanted = summarise_text(f"input: 3x8x8\nlayers: {BRANCHES[line]}")
    assert not found.errors
    assert [(layer.name, layer.inputs) for layer in found.layers] == [
        (layer.name, layer.inputs) for layer in wanted.layers
    ]
    assert found.totals == wanted.totals


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("residual(conv 3 k3 p1, relu)", "residual: [conv 3 k3 p1, relu]"),
        ("Residual [conv 3 k3 p1 -> relu]", "residual: [conv 3 k3 p1 -> relu]"),
        ("d2l.Residual(3, 3)", "residual: [conv 64 k3 p1, relu]"),
    ],
)
def test_a_branch_that_is_called_keeps_its_shortcut_in_its_cure(line, cure):
    (error,) = summarise_text(f"3x8x8 -> {line}").errors
    assert error.hint == f"write: {cure}"
    assert not summarise_text(f"64x8x8 -> {cure.replace('conv 3', 'conv 64')}").errors


def test_a_layer_that_is_never_called_is_said_to_be_left_out():
    report = network(["self.conv1 = nn.Conv2d(3, 6, 5)", "self.drop = nn.Dropout()", "x = F.relu(self.conv1(x))"])
    assert [layer.name for layer in report.layers] == ["conv1", "relu1"]
    assert [note.message for note in report.diagnostics] == ["self.drop is called nowhere: it is left out"]
