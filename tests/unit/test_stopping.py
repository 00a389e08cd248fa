"""Being asked to stop while something is under way."""

import signal
import threading

import pytest

from deployer.stopping import Terminated, hearing, obeying, unmoved


def test_sigterm_is_obeyed_like_ctrl_c_and_only_while_it_is_asked_for():
    with pytest.raises(Terminated), obeying():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_who_hears_is_told_of_both_and_nothing_is_raised():
    heard: list[signal.Signals] = []
    with obeying(), hearing(heard.append):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    assert heard == [signal.SIGTERM, signal.SIGINT]


def test_who_goes_back_already_is_moved_by_ctrl_c_alone():
    heard: list[signal.Signals] = []
    with obeying(), unmoved(), hearing(heard.append):
        signal.raise_signal(signal.SIGTERM)
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
