"""What the chat keeps: ids that lead nowhere."""

from anonchat.model import Connection


def test_a_member_id_is_the_same_in_its_room_and_another_elsewhere() -> None:
    connection = Connection("conn-1=", "salt", None, None, 0)
    red = connection.person("red", "Ann").id
    assert red == connection.person("red", "Bob").id
    assert red != connection.person("blue", "Ann").id
    assert red != connection._replace(salt="pepper").person("red", "Ann").id
    assert "conn-1" not in red
