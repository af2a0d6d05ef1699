from __future__ import annotations

import pytest

from cli.desk import PARCELS, KeyaccountCommand
from keyaccount.resources import policies_folder

HEAVY = ("--facts", '{"weight": 20}', "--as-of", "2025-06-01")


def test_help_lists_the_commands_in_the_language_chosen(keyaccount: KeyaccountCommand) -> None:
    english, chinese = keyaccount("--help"), keyaccount("--lang", "zh", "--help")
    assert (english.code, chinese.code) == (0, 0)
    for name in ("init", "check", "test", "decide", "explain", "batch", "sql"):
        assert f"\n  {name} " in english.out
        assert f"\n  {name} " in chinese.out
    assert "Decide one case." in english.out
    assert "对一个对象作出决策。" in chinese.out


def test_the_version_is_told(keyaccount: KeyaccountCommand) -> None:
    assert keyaccount("--version").out.startswith("keyaccount 0.")


def test_decide_tells_value_reason_and_what_is_open(keyaccount: KeyaccountCommand) -> None:
    told = keyaccount("decide", "parcels", *HEAVY)
    assert told.code == 0
    assert "Heavy parcel" in told.out
    assert "weighs 20" in told.out
    assert "By crane (crane)" in told.out


def test_decide_says_what_it_waits_for_in_chinese(keyaccount: KeyaccountCommand) -> None:
    told = keyaccount("decide", "parcels", "--facts", '{"weight": 1}', "--lang", "zh")
    assert "未定" in told.out
    assert "还缺     fragile\n" in told.out
    assert "fragile  易碎  boolean" in told.out
    assert "轻放 (careful)、plain" in told.out


def test_decide_for_programs(keyaccount: KeyaccountCommand) -> None:
    told = keyaccount("decide", "parcels", *HEAVY, "--format", "json")
    assert told.code == 0
    assert told.json["policy"] == "parcels"
    assert told.json["as_of"] == "2025-06-01"
    assert told.json["decisions"]["handling"] == {
        "value": "crane",
        "rules": ["crane"],
        "status": "decided",
        "missing": [],
        "possible": [],
        "because": [],
    }
    assert told.json["decisions"]["heavy"]["because"] == ["weighs 20"]


def test_as_of_picks_what_is_in_force(keyaccount: KeyaccountCommand) -> None:
    facts = ("--facts", '{"weight": 20}', "--format", "json")
    before = keyaccount("decide", "parcels", *facts, "--as-of", "2025-12-31")
    after = keyaccount("decide", "parcels", *facts, "--as-of", "2026-01-01")
    assert before.json["decisions"]["heavy"]["value"] is True
    assert after.json["decisions"]["heavy"]["value"] is False


def test_only_the_decisions_asked_for(keyaccount: KeyaccountCommand) -> None:
    told = keyaccount("decide", "parcels", *HEAVY, "--decision", "heavy", "--format", "json")
    assert list(told.json["decisions"]) == ["heavy"]


def test_explain_says_by_how_much_a_condition_failed(keyaccount: KeyaccountCommand) -> None:
    facts = ("--facts", '{"weight": 19.5, "fragile": false}', "--as-of", "2025-06-01")
    told = keyaccount("explain", "parcels", *facts)
    assert told.code == 0
    assert "Weight (weight) >= 20 kg: is 19.5 kg, off by 0.5 kg" in told.out
    chinese = keyaccount("explain", "parcels", *facts, "--lang", "zh")
    assert "重量 (weight) >= 20 kg：实际为 19.5 kg，差 0.5 kg" in chinese.out


def test_explain_for_programs(keyaccount: KeyaccountCommand) -> None:
    facts = ("--facts", '{"weight": 19.5, "fragile": false}', "--as-of", "2025-06-01")
    told = keyaccount("explain", "parcels", *facts, "--format", "json")
    (condition,) = told.json["decisions"]["heavy"]["conditions"]
    assert condition["verdict"] == "fails"
    assert condition["gap"] == 0.5


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ('{"weight": "heavy"}', "fact.wrong-type"),
        ('{"weight": -1}', "fact.not-allowed"),
        ('{"wait": 1}', "fact.unknown-name"),
        ('{"weight": 1', "cli.facts-not-json"),
        ("@nowhere.json", "cli.system-error"),
    ],
)
def test_facts_that_are_wrong_are_code_1(
    keyaccount: KeyaccountCommand, facts: str, code: str
) -> None:
    told = keyaccount("decide", "parcels", "--facts", facts)
    assert told.code == 1
    assert code in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_errors_for_programs_are_json(keyaccount: KeyaccountCommand) -> None:
    told = keyaccount("decide", "parcels", "--facts", '{"weight": }', "--format", "json")
    assert told.code == 1
    (mistake,) = told.json["diagnostics"]
    assert (mistake["code"], mistake["line"], mistake["column"]) == ("cli.facts-not-json", 1, 12)


def test_check_is_silent_about_a_policy_without_mistakes(keyaccount: KeyaccountCommand) -> None:
    told = keyaccount("check")
    assert (told.code, told.out, told.err) == (0, "no mistakes found\n", "")


def test_check_tells_every_mistake_with_its_place(
    keyaccount: KeyaccountCommand, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    broken = PARCELS.replace("when: heavy", "when: heavi").replace("type: boolean", "type: bolean")
    (folder / "parcels.yaml").write_text(broken, "utf-8")
    told = keyaccount("check", str(folder), "--format", "json")
    assert told.code == 1
    assert told.json["errors"] == 2
    assert [each["line"] for each in told.json["diagnostics"]] == [9, 23]
    people = keyaccount("check", str(folder))
    assert people.code == 1
    assert f"{folder / 'parcels.yaml'}:9:" in people.err
    assert "^" in people.err


def test_init_writes_policies_that_check_finds_right(keyaccount: KeyaccountCommand) -> None:
    assert keyaccount("init", "new").code == 0
    assert keyaccount("check", "new/policies").code == 0


def test_init_writes_what_ships(keyaccount: KeyaccountCommand) -> None:
    told = keyaccount("init", "new")
    for policy in policies_folder().glob("*.yaml"):
        assert policy.name in told.out


def test_the_policies_folder_may_come_from_the_environment(
    keyaccount: KeyaccountCommand,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("others")
    (folder / "letters.yaml").write_text(
        PARCELS.replace("policy: parcels", "policy: letters"), "utf-8"
    )
    monkeypatch.setenv("KEYACCOUNT_POLICIES", str(folder))
    assert keyaccount("decide", "letters", *HEAVY).code == 0
    assert keyaccount("decide", "letters", *HEAVY, "--policies", "policies").code == 2
