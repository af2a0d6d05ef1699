from __future__ import annotations

from pathlib import Path

from cli.desk import KeyaccountCommand

CASES = """\
policy: parcels
cases:
  - {name: twenty kilos are heavy, as_of: 2025-06-01, given: {weight: 20}, expect: {heavy: true}}
  - name: glass is handled with care
    as_of: 2025-06-01
    given: {weight: 1, fragile: true}
    expect:
      handling: {value: careful, rules: [careful]}
"""


def test_policy_tests_that_pass_are_counted(keyaccount: KeyaccountCommand) -> None:
    write_tests(CASES)
    told = keyaccount("test")
    assert (told.code, told.err) == (0, "")
    assert told.out == "parcels: 2 passed, 0 failed\n2 passed, 0 failed\n"


def test_of_a_folder_of_policies_its_tests_are_run(keyaccount: KeyaccountCommand) -> None:
    write_tests(CASES)
    assert keyaccount("test", "policies").out == keyaccount("test").out


def test_a_policy_test_that_fails_shows_what_differs_and_where(
    keyaccount: KeyaccountCommand,
) -> None:
    write_tests(CASES.replace("value: careful", "value: plain"))
    told = keyaccount("test")
    assert told.code == 1
    assert "1 passed, 1 failed" in told.out
    assert "glass is handled with care" in told.err
    assert "parcels.yaml:8:" in told.err
    assert "careful" in told.err


def test_policy_tests_for_programs(keyaccount: KeyaccountCommand) -> None:
    write_tests(CASES.replace("value: careful", "value: plain"))
    told = keyaccount("test", "--format", "json")
    assert told.code == 1
    assert (told.json["passed"], told.json["failed"]) == (1, 1)
    assert [each["passed"] for each in told.json["cases"]] == [True, False]


def test_facts_that_will_not_do_are_told_all_at_once_at_their_places(
    keyaccount: KeyaccountCommand,
) -> None:
    write_tests(CASES.replace("weight: 1, fragile: true", 'weight: "1", fragile: 1'))
    told = keyaccount("test")
    assert "parcels.yaml:6:21: error[fact.wrong-type]" in told.err
    assert "parcels.yaml:6:35: error[fact.wrong-type]" in told.err


def test_a_case_that_is_not_decided_is_told_by_its_status_alone(
    keyaccount: KeyaccountCommand,
) -> None:
    write_tests(CASES.replace("given: {weight: 20}", "given: {}"))
    told = keyaccount("test")
    assert "expected status decided, found undetermined" in told.err
    assert told.err.count("error[") == 1


def test_a_case_without_a_name_is_told_where_it_stands(keyaccount: KeyaccountCommand) -> None:
    write_tests(CASES.replace("- {name: twenty kilos are heavy, as_of", "- {as_of"))
    assert "parcels.yaml:3:6: error[schema.missing-key]: `name:`" in keyaccount("test").err


def test_policy_tests_of_an_unknown_policy_are_an_error(keyaccount: KeyaccountCommand) -> None:
    write_tests(CASES.replace("policy: parcels", "policy: parcel"))
    told = keyaccount("test")
    assert told.code == 1
    assert "parcels.yaml:1:9" in told.err
    assert "did you mean `parcels`?" in told.err


def test_a_folder_without_policy_tests_is_wrong_usage(keyaccount: KeyaccountCommand) -> None:
    assert keyaccount("test").code == 2


def write_tests(text: str) -> None:
    file = Path("policies/tests/parcels.yaml")
    file.parent.mkdir()
    file.write_text(text, "utf-8")
