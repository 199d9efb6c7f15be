from governance.limits import within


def test_so_many_tries_are_let_through_and_no_more(db: None) -> None:
    tries = [within("a", most=2, seconds=60) for _number in range(4)]

    assert tries == [True, True, False, False]


def test_each_thing_is_counted_on_its_own(db: None) -> None:
    assert within("a", most=1, seconds=60)
    assert not within("a", most=1, seconds=60)
    assert within("b", most=1, seconds=60)


def test_none_means_none(db: None) -> None:
    assert not within("a", most=0, seconds=60)
