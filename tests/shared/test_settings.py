"""What the owner of a chat may choose: from the environment, with defaults, and never in silence."""

import pytest

from anonchat.settings import Settings


def test_what_the_environment_does_not_say_keeps_its_default() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"ROOM_CAP": "3"}) == Settings(room_cap=3)


def test_every_setting_can_be_given_by_the_environment() -> None:
    given = {
        name.upper(): "7" if kind is int else "https://a.example, https://b.example/"
        for name, kind in Settings.__annotations__.items()
    }
    settings = Settings.from_environment(given)
    for name, kind in Settings.__annotations__.items():
        expected = 7 if kind is int else {"https://a.example", "https://b.example"}
        assert getattr(settings, name) == expected, name


def test_a_number_that_is_none_fails_at_once() -> None:
    with pytest.raises(ValueError, match="fifty"):
        Settings.from_environment({"ROOM_CAP": "fifty"})
