import pytest

from gateway import policies, table
from gateway.policies import Policy

SHIPPED = table.read()


class TestShippedPolicies:
    def test_each_is_of_use(self) -> None:
        named = {name for route in SHIPPED.routes.routes for name in route.limits}
        assert named | {policy.name for policy in SHIPPED.policies.values() if policy.always} == set(SHIPPED.policies)

    @pytest.mark.parametrize("policy", SHIPPED.policies.values(), ids=lambda policy: policy.name)
    def test_allow_their_quota_and_no_more(self, policy: Policy) -> None:
        assert policy.capacity // policy.interval == policy.quota
        assert policy.capacity <= policy.seconds * 1_000_000

    @pytest.mark.parametrize("policy", SHIPPED.policies.values(), ids=lambda policy: policy.name)
    def test_are_stricter_alone_where_secrets_are_guessed(self, policy: Policy) -> None:
        assert policy.alone.quota == (policy.quota // 2 if policy.guards else policy.quota)
        assert policy.guards == (policy.name in {"sign-in", "account", "reset"})


class TestWithQuotas:
    def test_changes_the_quota_of_one(self) -> None:
        changed = policies.with_quotas(SHIPPED.policies, {"sign_in": "7/9"})
        assert (changed["sign-in"].quota, changed["sign-in"].seconds) == (7, 9)
        assert changed["user"] == SHIPPED.policies["user"]

    @pytest.mark.parametrize(
        "quota", ["", "7", "7/0", "0/7", "-1/7", "7/9s", "7/9/1", " 7/9", "\u0667/\u0669", "9999999/1"]
    )
    def test_refuses_what_is_not_a_quota(self, quota: str) -> None:
        with pytest.raises(ValueError, match="quota"):
            policies.with_quotas(SHIPPED.policies, {"user": quota})

    def test_refuses_a_name_it_does_not_know(self) -> None:
        with pytest.raises(ValueError, match="there is no limit users"):
            policies.with_quotas(SHIPPED.policies, {"users": "1/1"})


class TestDescribe:
    def test_writes_a_structured_field(self) -> None:
        described = policies.describe([SHIPPED.policies["user"], SHIPPED.policies["sign-in"]])
        assert described == b'"user";q=600;w=60, "sign-in";q=30;w=60'
