"""Being asked to stop while something is under way."""

import signal
import threading

import pytest

from deployer.stopping import HungUp, Terminated, hearing, obeying, unmoved


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGTERM, Terminated), (signal.SIGHUP, HungUp)])
def test_other_signals_are_obeyed_like_ctrl_c_and_only_while_it_is_asked_for(
    number: signal.Signals, raised: type[Terminated]
):
    with pytest.raises(Terminated) as caught, obeying():
        signal.raise_signal(number)
    assert (caught.type, caught.value.number) == (raised, number)
    assert signal.getsignal(number) is signal.SIG_DFL


def test_who_hears_is_told_of_all_and_nothing_is_raised():
    heard: list[signal.Signals] = []
    with obeying(), hearing(heard.append):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGHUP)
    assert heard == [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


def test_one_that_is_ignored_as_under_nohup_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with obeying(), hearing(print):
            signal.raise_signal(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_who_goes_back_already_is_moved_by_ctrl_c_alone():
    heard: list[signal.Signals] = []
    with obeying(), unmoved(), hearing(heard.append):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGINT)
    assert heard == [signal.SIGINT]


def test_threads_that_hear_of_no_signals_change_nothing():
    def work() -> None:
        with obeying(), hearing(print), unmoved():
            found.append(signal.getsignal(signal.SIGTERM))

    found: list[object] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]
