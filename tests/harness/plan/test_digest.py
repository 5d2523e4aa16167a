from dataclasses import replace

from natsim.harness.plan import Plan, digest


def test_equal_plans_have_equal_digests(plan: Plan) -> None:
    assert digest(plan) == digest(replace(plan))


def test_a_digest_never_changes(plan: Plan) -> None:
    assert digest(plan) == "45a1718ad390c1cfbba424ec017e3d1a"


def test_any_change_changes_the_digest(plan: Plan) -> None:
    assert digest(plan) != digest(replace(plan, seed=8))
