"""Each size rule of DynamoDB's developer guide, with numbers worked out by hand."""

from typing import Any

import pytest

from local.dynamodb.item_size import item_size, read_units, value_size, write_units

pytestmark = pytest.mark.documented


def sized(size: int) -> dict[str, Any]:
    """Return an item of exactly `size` bytes: a one-byte name and its text."""
    return {"t": {"S": "x" * (size - 1)}}


def test_an_item_is_as_large_as_the_names_and_values_of_its_attributes() -> None:
    assert item_size({"pk": {"S": "ROOM#a"}, "age": {"N": "7"}}) == (2 + 6) + (3 + 2)


def test_no_item_has_no_bytes() -> None:
    assert item_size(None) == 0
    assert item_size({}) == 0


@pytest.mark.parametrize(("text", "size"), [("", 0), ("abc", 3), ("é", 2), ("€", 3), ("🙂", 4)])
def test_a_string_is_as_large_as_its_utf_8_bytes(text: str, size: int) -> None:
    assert value_size({"S": text}) == size


def test_a_name_counts_in_utf_8_bytes_too() -> None:
    assert item_size({"é": {"S": "a"}}) == 3


@pytest.mark.parametrize(
    ("number", "size"),
    [
        ("0", 1),
        ("7", 2),  # one digit: a byte for up to two digits, and one more
        ("42", 2),
        ("123", 3),
        ("1234", 3),
        ("1760000000", 3),  # 176: zeros at the end are trimmed
        ("0.0012", 2),  # 12: so are those in front
        ("1.50", 2),
        ("1e10", 2),
        ("-42", 3),  # a sign is a byte
        ("12345678901234567890123456789012345678", 20),
    ],
)
def test_a_number_takes_a_byte_for_two_significant_digits_and_one_more(number: str, size: int) -> None:
    assert value_size({"N": number}) == size


def test_a_binary_counts_raw_not_in_base64() -> None:
    assert value_size({"B": "AAECAw=="}) == 4


def test_true_false_and_null_take_one_byte() -> None:
    assert [value_size(value) for value in ({"BOOL": True}, {"BOOL": False}, {"NULL": True})] == [1, 1, 1]


def test_a_list_takes_three_bytes_and_one_for_each_element_beside_its_contents() -> None:
    assert value_size({"L": []}) == 3
    assert value_size({"L": [{"S": "ab"}, {"N": "1"}]}) == 3 + (1 + 2) + (1 + 2)


def test_a_map_takes_three_bytes_and_one_for_each_pair_beside_its_names_and_values() -> None:
    assert value_size({"M": {}}) == 3
    assert value_size({"M": {"key": {"S": "v"}, "on": {"BOOL": True}}}) == 3 + (1 + 3 + 1) + (1 + 2 + 1)


def test_nested_collections_add_up() -> None:
    assert value_size({"L": [{"M": {"a": {"L": [{"NULL": True}]}}}]}) == 3 + 1 + (3 + 1 + 1 + (3 + 1 + 1))


def test_a_set_is_the_sum_of_its_members() -> None:
    assert value_size({"SS": ["a", "bc"]}) == 3
    assert value_size({"NS": ["1", "123"]}) == 2 + 3
    assert value_size({"BS": ["AA==", "AAECAw=="]}) == 1 + 4


@pytest.mark.parametrize(("size", "units"), [(2, 1), (1024, 1), (1025, 2), (2048, 2), (300 * 1024, 300)])
def test_a_write_takes_one_unit_for_each_started_kilobyte(size: int, units: Any) -> None:
    assert write_units(None, sized(size)) == units


def test_a_write_is_measured_by_the_larger_of_the_items_before_and_after() -> None:
    assert write_units(sized(3000), sized(10)) == 3
    assert write_units(sized(10), sized(3000)) == 3


def test_writing_nothing_takes_one_unit() -> None:
    assert write_units(None, None) == 1


@pytest.mark.parametrize(("size", "units"), [(2, 1), (4096, 1), (4097, 2), (10 * 1024, 3)])
def test_a_read_takes_one_unit_for_each_started_four_kilobytes_and_half_if_eventually_consistent(
    size: int, units: Any
) -> None:
    assert read_units([sized(size)], consistent=True) == units
    assert read_units([sized(size)], consistent=False) == units / 2


def test_a_page_is_rounded_up_as_a_whole() -> None:
    assert read_units([sized(1500)] * 10, consistent=True) == 4  # 15,000 bytes, not ten times one unit


def test_reading_nothing_takes_a_unit_or_half_of_one() -> None:
    assert read_units([], consistent=True) == 1
    assert read_units([], consistent=False) == 0.5
