"""Which passwords will do, and how they are kept."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from composer.problem import ApiError
from ui.people.passwords import Passwords, fault_of


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("elevenchars", "is shorter than 12 characters; a few words in a row are easy to keep in mind"),
        ("x" * 257, "is longer than 256 characters"),
        ("aaaaaaaaaaaaaa", "is made of fewer than five different characters"),
        ("Password123!", "is among the first that somebody would try"),
        ("Welcome2024!!", "is among the first that somebody would try"),
        ("iloveyou2024!!", "is among the first that somebody would try"),
        ("letmein letmein", "is among the first that somebody would try"),
        ("liverpool1892", "is among the first that somebody would try"),
        ("lovelace ada 99", "is among the first that somebody would try"),
        ("backdraft2026!", "is among the first that somebody would try"),
        ("qwertyuiop1234", "is among the first that somebody would try"),
        ("123456789012", "is among the first that somebody would try"),
        ("monkeymonkeymonkey", "is among the first that somebody would try"),
        ("ada.lovelace1815", "is your name"),
        ("correct horse battery", ""),
        ("пароль из слов", ""),
        ("seven wild swans fly", ""),
    ],
)
def test_a_password_is_refused_with_a_reason(password: str, fault: str):
    assert fault_of(password, "ada.lovelace") == fault


@pytest.mark.parametrize(
    "password",
    ["ab1" * 85, "abcde12345" * 25, "".join(chr(33 + (number * 7919) % 90) for number in range(256)), "qwerty!" * 36],
)
def test_the_costliest_passwords_that_we_know_are_judged_in_bounded_time(password: str):
    fault_of("seven wild swans fly")  # what it needs is loaded once
    begun = time.process_time()
    fault_of(password)
    assert time.process_time() - begun < 0.5


def test_what_judges_passwords_is_loaded_when_one_is_judged_and_not_before():
    program = (
        "import sys; from ui.people.passwords import fault_of; before = 'zxcvbn' in sys.modules; "
        "fault_of('seven wild swans fly'); print(before, 'zxcvbn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"


def test_a_password_is_kept_as_owasp_says_and_each_time_otherwise():
    passwords = Passwords()
    first, second = passwords.hash("seven wild swans fly"), passwords.hash("seven wild swans fly")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert passwords.fit(first, "seven wild swans fly")
    assert not passwords.fit(first, "seven wild swans fly ")
    assert not passwords.fit(None, "nobody has this password")
    assert not passwords.fit("damaged", "seven wild swans fly")


def test_what_is_longer_than_any_password_may_be_fits_none():
    passwords = Passwords()
    assert not passwords.fit(passwords.hash("x" * 256), "x" * 257)


def test_never_more_are_hashed_at_once_than_there_is_memory_for():
    passwords = Passwords(at_once=1, waits=0.01)
    begun, end = threading.Event(), threading.Event()

    def hold() -> None:
        with passwords._place():
            begun.set()
            end.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait(10)
    with pytest.raises(ApiError) as caught:
        passwords.hash("seven wild swans fly")
    end.set()
    holder.join()
    assert (caught.value.status, caught.value.retry_after) == (503, 5)
    assert passwords.hash("seven wild swans fly")
