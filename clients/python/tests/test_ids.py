"""Ids that hold when they were made."""

from annals import ids


def test_known_bytes():
    """Protects: UUIDv7 as RFC 9562 shows it (appendix A.6), on every Python."""
    random = (0xCC3 << 64) | 0x18C4DC0C0C07398F
    known = ids.version_7(0x017F22E279B0, random)
    assert str(known) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
    full = ids.version_7(0x017F22E279B0, (1 << 80) - 1)
    assert str(full) == "017f22e2-79b0-7fff-bfff-ffffffffffff"


def test_ids_and_times():
    """Protects: the duration of an act that ends later, and that none is made up."""
    begun = 1_795_336_200_123
    own = str(ids.version_7(begun, 0))
    for id, now, expected in [
        (own, begun + 1_500, 1_500),
        (own, begun, 0),
        (own, begun - 1, None),
        ("7f6c1b5e-2f2b-4b62-9d36-9a4c3f2f6a11", begun, None),
        ("job-17", begun, None),
    ]:
        assert ids.since_ms(id, now) == expected, id


def test_new_ids_are_of_now():
    """Protects: what is made here is understood here, and no two are alike."""
    before = ids.now_ms()
    made = {ids.new_id() for _ in range(100)}
    after = ids.now_ms()
    assert len(made) == 100
    assert all(0 <= ids.since_ms(id, after) <= after - before for id in made)
