"""What is appended to a spool is there for this process or, after its end, for one other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cds_service.store.lines import DECISION, Entry, entry, written
from cds_service.store.spool import ASIDE, GROUP, Spool
from tests.store.made import decision, files


def one(content: bytes = b"") -> Entry:
    return entry(DECISION, 1_000, decision(), content)


def drained(spool: Spool) -> list[str]:
    """The ids of all that waits, as the store would get them."""
    found: list[str] = []
    while group := spool.next_group():
        found += [each.id for each in group.entries]
        spool.filed(group)
    return found


def waits(spool: Spool) -> tuple[int, int | None]:
    return spool.waiting, spool.oldest


def left_by_a_dead_process(folder: Path, data: bytes, name: str = "v1-dead.spool") -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def test_entries_come_back_in_order_and_the_file_is_empty_then(folder: Path) -> None:
    spool = Spool(folder)
    given = [one() for _ in range(3)]
    for each in given:
        spool.append(each)
    assert waits(spool) == (3, 1_000)
    assert drained(spool) == [each.id for each in given]
    assert waits(spool) == (0, None)
    assert [path.stat().st_size for path in folder.iterdir()] == [0]


def test_nothing_is_opened_before_the_first_entry(folder: Path) -> None:
    spool = Spool(folder)
    assert spool.next_group() is None
    spool.close()
    assert not folder.exists()


def test_only_the_owner_can_read_it(folder: Path) -> None:
    spool = Spool(folder)
    spool.append(one())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]


def test_groups_are_bounded(folder: Path) -> None:
    spool = Spool(folder)
    for _ in range(GROUP + 1):
        spool.append(one())
    first = spool.next_group()
    assert first
    assert len(first.entries) == GROUP


def test_a_group_that_is_not_filed_comes_again(folder: Path) -> None:
    spool = Spool(folder)
    spool.append(one())
    assert spool.next_group() == spool.next_group()


def test_a_line_longer_than_one_piece_is_read_whole(folder: Path) -> None:
    spool = Spool(folder)
    large = one(os.urandom(3 * 1024 * 1024))
    for each in (one(), large, one()):
        spool.append(each)
    group = spool.next_group()
    while group and large not in group.entries:
        spool.filed(group)
        group = spool.next_group()
    assert group


def test_a_long_file_is_followed_by_another_and_deleted_when_it_is_filed(folder: Path) -> None:
    spool = Spool(folder, largest=1)
    given = [one() for _ in range(3)]
    for each in given:
        spool.append(each)
    assert len(files(folder)) == 3
    assert drained(spool) == [each.id for each in given]
    assert len(files(folder)) == 1


def test_what_is_not_filed_stays_after_the_end_and_goes_to_the_next(folder: Path) -> None:
    spool, given = Spool(folder), one()
    spool.append(given)
    spool.close()
    after = Spool(folder)
    assert after.adopt() == 1
    assert after.waiting == 1
    assert drained(after) == [given.id]
    assert files(folder) == []


def test_nothing_is_left_after_an_end_with_nothing_to_file(folder: Path) -> None:
    spool = Spool(folder)
    spool.append(one())
    drained(spool)
    spool.close()
    assert files(folder) == []


def test_the_file_of_a_living_process_is_not_adopted(folder: Path) -> None:
    living, other = Spool(folder), Spool(folder)
    living.append(one())
    assert other.adopt() == 0
    assert other.next_group() is None
    assert living.waiting == 1


def test_a_dead_file_is_adopted_by_one_only(folder: Path) -> None:
    left_by_a_dead_process(folder, written(one()))
    first, second = Spool(folder), Spool(folder)
    assert (first.adopt(), second.adopt()) == (1, 0)
    assert first.adopt() == 0
    drained(first)
    assert second.adopt() == 0


def test_the_oldest_of_a_dead_process_counts(folder: Path) -> None:
    left_by_a_dead_process(folder, written(entry(DECISION, 5, decision())))
    spool = Spool(folder)
    spool.append(one())
    spool.adopt()
    assert spool.next_group()
    assert spool.oldest == 5


@pytest.mark.parametrize(
    "damage", [b"garbage\n", b"\x00" * 4096 + b"\n", b"1 decision 5 00 {}\n", b"\n", b"\xff\r\n"]
)
def test_a_damaged_line_is_set_aside_and_those_around_it_are_filed(
    folder: Path, damage: bytes
) -> None:
    given = [one(), one()]
    left_by_a_dead_process(folder, written(given[0]) + damage + written(given[1]))
    spool = Spool(folder)
    spool.adopt()
    assert drained(spool) == [each.id for each in given]
    assert spool.damaged == 1
    assert spool.waiting == 0
    assert files(folder) == [f"{ASIDE}/v1-dead.txt"]
    assert (folder / ASIDE / "v1-dead.txt").read_bytes().rstrip(b"\n") == damage.rstrip(b"\n")
    assert (folder / ASIDE).stat().st_mode & 0o777 == 0o700
    assert (folder / ASIDE / "v1-dead.txt").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("lost", [1, 30, 200])
def test_a_last_line_that_was_torn_is_set_aside(folder: Path, lost: int) -> None:
    given = one()
    left_by_a_dead_process(folder, written(given) + written(one())[:-lost])
    spool = Spool(folder)
    spool.adopt()
    assert spool.waiting == 2
    assert drained(spool) == [given.id]
    assert (spool.damaged, spool.waiting) == (1, 0)


def test_a_line_of_a_newer_version_waits_for_it_under_its_name(folder: Path) -> None:
    given = one()
    left_by_a_dead_process(folder, b"2 told otherwise\n" + written(given))
    spool = Spool(folder)
    spool.adopt()
    assert drained(spool) == [given.id]
    (name,) = files(folder)
    assert name.startswith("v2-")
    assert (folder / name).read_bytes() == b"2 told otherwise\n"
    assert Spool(folder).adopt() == 0
    assert spool.damaged == 0


def test_a_file_of_a_newer_version_is_left_alone(folder: Path) -> None:
    left_by_a_dead_process(folder, b"whatever", "v2-dead.spool")
    spool = Spool(folder)
    assert spool.adopt() == 0
    assert files(folder) == ["v2-dead.spool"]


def test_a_damaged_line_that_cannot_be_set_aside_keeps_its_file(folder: Path) -> None:
    left_by_a_dead_process(folder, b"garbage\n" + written(one()))
    (folder / ASIDE).write_text("a file where the folder should be")
    spool = Spool(folder)
    spool.adopt()
    assert len(drained(spool)) == 1
    assert (folder / "v1-dead.spool").exists()


def test_a_file_that_was_removed_while_in_use_is_still_filed_and_followed_by_another(
    folder: Path,
) -> None:
    spool = Spool(folder)
    given = [one(), one()]
    spool.append(given[0])
    for path in folder.iterdir():
        path.unlink()
    spool.adopt()
    spool.append(given[1])
    assert len(files(folder)) == 1
    assert drained(spool) == [each.id for each in given]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file")
    with pytest.raises(OSError, match="spool"):
        Spool(tmp_path / "spool").append(one())


def test_a_file_that_cannot_be_read_does_not_stop_the_others(folder: Path) -> None:
    given = one()
    left_by_a_dead_process(folder, written(given), "v1-b.spool")
    (folder / "v1-a.spool").mkdir()  # nobody can open a folder as a file, not even root
    spool = Spool(folder)
    assert spool.adopt() == 1
    assert spool.unreadable == 1
    assert drained(spool) == [given.id]
