"""The spool: what was promised is there after any crash, in order, once."""

import threading

import pytest

from annals import Damaged, Full, InUse
from annals import format as fmt
from annals.format import EVENT, INTENT, OUTCOME, Item
from annals.spool import Spool


def event(number):
    return b'{"id":"e-%d"}' % number


def waiting(spool):
    found, number = [], spool.sent
    while items := spool.items(number):
        found += items
        number = items[-1][0] + 1
    return [(number, item.payload) for number, item in found]


def expected(numbers):
    return [(number, event(number)) for number in numbers]


def test_known_bytes():
    """Protects: one format in all languages; the same bytes stand in the Rust client's tests."""
    data, _ = fmt.block(fmt.FIRST_CHAIN, [Item(EVENT, b"{}")])
    assert data.hex() == (
        "000000074c6b4d3501000000027b7d244ca9a117d1badb208523da8bd90244a7"
        "2afa24247fb6657343ebc44499eee1"
    )


def test_items_survive_in_order(tmp_path):
    """Protects: what `append` promised is there after a restart, over many segments; what was
    acknowledged is not sent again, and its files go."""
    spool = Spool(tmp_path, 8_000)
    assert [spool.append(EVENT, event(number)) for number in range(60)] == list(range(60))
    assert waiting(spool) == expected(range(60))
    before = len(list(tmp_path.glob("*.spool")))
    spool.acknowledge(45)
    assert len(list(tmp_path.glob("*.spool"))) < before - 1
    with pytest.raises(InUse):
        Spool(tmp_path, 8_000)
    spool.close()
    spool = Spool(tmp_path, 8_000)
    assert (spool.waiting, waiting(spool)) == (15, expected(range(45, 60)))
    assert spool.append(EVENT, event(60)) == 60
    spool.close()


def test_torn_writes_are_cut(tmp_path):
    """Protects: a crash at any byte of a write loses only what was promised to nobody."""
    spool = Spool(tmp_path / "origin", 1 << 20)
    sizes = []
    for number in range(3):
        spool.append(EVENT, event(number))
        sizes.append(spool.size)
    spool.close()
    [path] = (tmp_path / "origin").glob("*.spool")
    data = path.read_bytes()
    for cut in range(len(data)):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / path.name).write_bytes(data[:cut])
        spool = Spool(folder, 1 << 20)
        whole = sum(size <= cut for size in sizes)
        assert waiting(spool) == expected(range(whole)), cut
        spool.append(EVENT, event(whole))
        assert waiting(spool) == expected(range(whole + 1)), cut
        spool.close()


def test_damage_is_told(tmp_path):
    """Protects: a changed byte before the last block is no torn write: nothing is cut off."""
    spool = Spool(tmp_path, 1 << 20)
    for number in range(3):
        spool.append(EVENT, event(number))
    spool.close()
    [path] = tmp_path.glob("*.spool")
    data = bytearray(path.read_bytes())
    data[fmt.HEADER_BYTES + 12] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged):
        Spool(tmp_path, 1 << 20)
    assert path.read_bytes() == data


def test_a_full_spool_says_so(tmp_path):
    """Protects: the limit holds and is told; what could begin can end; room comes back."""
    spool = Spool(tmp_path, 20_000)
    with pytest.raises(Full):
        while True:
            spool.append(INTENT, b"x" * 700)
    spool.append(OUTCOME, b"x" * 700)
    assert spool.size <= 20_000
    spool.acknowledge(spool.end)
    spool.append(INTENT, b"x" * 700)
    spool.close()


def test_many_threads_share_a_sync(tmp_path):
    """Protects: each caller is told its own number, and all items are there."""
    spool, numbers = Spool(tmp_path, 1 << 20), []
    work = lambda number: numbers.append(spool.append(EVENT, event(number)))  # noqa: E731
    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(50))
    assert len(waiting(spool)) == 50
    spool.close()
