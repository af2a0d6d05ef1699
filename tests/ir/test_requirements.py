from keyaccount.ir.requirements import in_order


def test_each_name_comes_after_what_it_needs():
    order, cycles = in_order({"a": ["b", "c"], "b": ["c"], "c": []})
    assert order == ["c", "b", "a"]
    assert cycles == []


def test_a_circle_is_told_with_all_its_names():
    _, cycles = in_order({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})
    assert cycles == [("a", "b", "c", "a")]


def test_a_name_may_need_itself():
    order, cycles = in_order({"a": ["a"]})
    assert cycles == [("a", "a")]
    assert order == ["a"]


def test_two_circles_are_both_told():
    _, cycles = in_order({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]})
    assert len(cycles) == 2


def test_a_long_chain_needs_no_recursion():
    size = 20_000
    order, cycles = in_order({str(i): [str(i + 1)] for i in range(size)} | {str(size): []})
    assert order[0] == str(size)
    assert len(order) == size + 1
    assert cycles == []
