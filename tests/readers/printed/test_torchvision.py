"""Every classification network of torchvision as PyTorch prints it, where that is installed: parameters as it counts them."""

import pytest

from convcalc.network.load import summarise_text

torchvision = pytest.importorskip("torchvision")
# Families with parameters that no module of theirs prints: tokens, positions, factors of layers.
UNPRINTED = ("convnext", "maxvit", "swin", "vit")


@pytest.mark.slow
@pytest.mark.parametrize("name", torchvision.models.list_models(module=torchvision.models))
def test_parameters_are_those_that_pytorch_counts(name):
    model = torchvision.models.get_model(name, weights=None)
    counted = sum(parameter.numel() for parameter in model.parameters())
    report = summarise_text(str(model))
    if name.startswith(UNPRINTED):
        assert report.totals.parameters < counted
        assert "P002" in [finding.code for finding in report.diagnostics]
    else:
        assert report.totals.parameters == counted
