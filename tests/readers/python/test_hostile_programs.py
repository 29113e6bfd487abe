"""Programs that would harm or never end come to an end with a sentence and a place."""

import pytest
from evaluation import evaluate, marked_text, problem_of, run_of
from hostile import HOSTILE

FEW_STEPS = 100_000  # so that what never ends ends sooner


@pytest.mark.parametrize(("code", "expression", "error", "words"), HOSTILE)
def test_a_hostile_program_ends_with_a_sentence(code, expression, error, words):
    run = run_of(code)
    run.last_step = FEW_STEPS
    found = problem_of(run, expression)
    assert (found.code, words in found.message) == (error, True), found.message
    assert found.mark is not None or words in ("characters", "words and signs")


@pytest.mark.slow
@pytest.mark.parametrize(("code", "expression", "error", "words"), HOSTILE)
def test_a_hostile_program_ends_within_the_bounds(code, expression, error, words):
    assert problem_of(run_of(code), expression).code == error


def test_an_error_in_a_user_function_is_marked_where_it_arises():
    found = problem_of(run_of("def f(x):\n    y = 2\n    return [1][x + y]\n"), "f(3)")
    assert (found.mark.line, marked_text(found)) == (3, "[1][x + y]")
    assert found.message == "there is no item 5: a list has 1"


def test_a_bound_is_never_caught():
    found = problem_of(
        run_of("def f():\n    try:\n        return [0] * 10 ** 9\n    except BaseException:\n        return 1\n"), "f()"
    )
    assert found.code == "P005"


def test_nothing_is_refused_that_does_not_run():
    code = (
        "import os\nos.system('ls')\nopen('/etc/passwd')\nwhile True:\n    exec('1')\n    q = 1\nclass A:\n    n = 3\n"
    )
    assert evaluate(code, "A().n") == 3
