"""What ends by itself, and what happens to those who come at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from composer.access import Role
from composer.members import LastOwnerError, Members
from tests.unit.people.conftest import Clock
from ui.installation import Installation
from ui.people.invitations import LASTS as INVITATION_LASTS
from ui.people.invitations import Invitations
from ui.people.people import LastAdministratorError, NameTakenError, Rights
from ui.people.sessions import GRACE, LONGEST, Sessions
from ui.people.throttle import FORGOTTEN_AFTER, Throttle, TooManyAttemptsError
from ui.people.tokens import LASTS, Purpose, Tokens

HOUR = 3600.0


@pytest.fixture
def sessions(installation: Installation, people: dict[str, str], clock: Clock) -> Sessions:
    return Sessions(installation.database, 12 * HOUR, clock)


@pytest.fixture
def throttle(installation: Installation, clock: Clock) -> Throttle:
    return Throttle(installation.database, clock)


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """What `count` threads get that act at the same moment."""
    results: list[object] = []
    gate = threading.Barrier(count)

    def run() -> None:
        gate.wait()
        try:
            results.append(act())
        except Exception as error:
            results.append(type(error).__name__)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def waits(throttle: Throttle, account: str = "ada", address: str = "192.0.2.1") -> int:
    """The seconds somebody has to wait; 0 where the attempt was let through."""
    try:
        throttle.attempt("sign-in", account, address)
    except TooManyAttemptsError as error:
        return round(error.seconds)
    return 0


def test_a_session_ends_when_it_is_not_used(sessions: Sessions, people: dict[str, str], clock: Clock):
    token = sessions.begin(people["ada"], "192.0.2.1", "Browser").token
    for _ in range(3):
        clock.now += 11 * HOUR
        assert sessions.open(token) is not None
    clock.now += 13 * HOUR
    assert sessions.open(token) is None
    assert sessions.of(people["ada"]) == ()


def test_a_session_ends_after_thirty_days_however_much_it_is_used(
    sessions: Sessions, people: dict[str, str], clock: Clock
):
    token = sessions.begin(people["ada"], "192.0.2.1", "Browser").token
    end = clock.now + LONGEST
    while clock.now + 10 * HOUR < end:
        clock.now += 10 * HOUR
        assert sessions.open(token) is not None
    clock.now = end
    assert sessions.open(token) is None


def test_a_rotated_token_is_given_to_one_request_and_the_old_one_ends_soon(
    sessions: Sessions, people: dict[str, str], clock: Clock
):
    begun = sessions.begin(people["ada"], "192.0.2.1", "Browser")
    sessions.rotate(people["ada"])

    def opened() -> str:
        found = sessions.open(begun.token)
        assert found is not None
        return found.token

    new = sorted(str(each) for each in at_once(4, opened))
    assert new[:3] == ["", "", ""]
    clock.now += GRACE + 1
    assert sessions.open(begun.token) is None
    found = sessions.open(new[3])
    assert found is not None
    assert (found.session.id, found.token) == (begun.session.id, "")


def test_tokens_end_are_for_one_purpose_and_are_spent_once(installation: Installation, clock: Clock):
    tokens = Tokens(installation.database, clock)
    token = tokens.make(Purpose.RESET, "p_1")
    assert tokens.spend(Purpose.FIRST_OWNER, token) is None
    assert sorted(str(each is not None) for each in at_once(4, lambda: tokens.spend(Purpose.RESET, token))) == [
        "False",
        "False",
        "False",
        "True",
    ]
    token = tokens.make(Purpose.RESET, "p_1")
    clock.now += LASTS[Purpose.RESET]
    assert tokens.spend(Purpose.RESET, token) is None


def test_an_invitation_ends_after_a_week(installation: Installation, people: dict[str, str], clock: Clock):
    invitations = Invitations(installation.database, clock)
    made, token = invitations.make("ada", project="shop", role=Role.VIEWER)
    assert invitations.look(token) == made
    clock.now += INVITATION_LASTS
    assert (invitations.look(token), invitations.of("shop")) == (None, ())


def test_invitations_and_members_go_with_their_project(installation: Installation, people: dict[str, str]):
    _, token = installation.registry.invitations.make("ada", project="shop", role=Role.OWNER)
    installation.projects.remove("shop")
    installation.projects.make("shop", "", "eve", people["eve"])
    assert installation.registry.invitations.look(token) is None
    assert [each.person for each in installation.registry.members.of("shop")] == [people["eve"]]


def test_of_two_owners_who_leave_at_once_one_stays(installation: Installation, people: dict[str, str]):
    members = Members(installation.database)
    members.put("shop", people["dan"], Role.OWNER)
    leaving = iter([people["ada"], people["dan"]])
    results = at_once(2, lambda: members.remove("shop", next(leaving)))
    assert sorted(map(str, results)) == [LastOwnerError.__name__, "owner"]


def test_the_last_administrator_stays(installation: Installation, people: dict[str, str]):
    store = installation.registry.people
    for rights in (Rights(), Rights(is_administrator=True, is_disabled=True)):
        with pytest.raises(LastAdministratorError):
            store.grant(people["root"], rights)
    assert store.find(people["root"]) is not None
    assert not store.needs_first()


def test_names_and_addresses_are_taken_once_whatever_their_case(installation: Installation, people: dict[str, str]):
    with pytest.raises(NameTakenError):
        installation.registry.people.make("ada")
    with pytest.raises(NameTakenError):
        installation.registry.people.make("ada2", email="ADA@example.org")


def test_each_wrong_guess_doubles_the_wait_up_to_a_quarter_of_an_hour(throttle: Throttle, clock: Clock):
    seen = []
    for _ in range(18):
        seen.append(wait := waits(throttle))
        clock.now += wait
        if wait:
            assert waits(throttle) == 0
    assert seen == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_many_guesses_at_once_are_counted_all(throttle: Throttle):
    assert sorted(map(int, map(str, at_once(8, lambda: waits(throttle))))) == [0] * 5 + [1] * 3


def test_guesses_from_everywhere_are_slow_but_never_keep_their_owner_out(throttle: Throttle, clock: Clock):
    assert waits(throttle, address="192.0.2.7") == 0
    throttle.succeeded("sign-in", "ada", "192.0.2.7")
    longest = 0
    for number in range(40):
        wait = waits(throttle, address=f"198.51.100.{number}")
        longest = max(longest, wait)
        clock.now += wait
    assert longest == 60
    assert waits(throttle, address="203.0.113.1") > 0
    assert waits(throttle, address="192.0.2.7") == 0


def test_an_account_nobody_signs_in_to_is_open_again_after_a_minute(throttle: Throttle, clock: Clock):
    for number in range(200):
        clock.now += waits(throttle, address=f"198.51.100.{number}")
    assert 0 < waits(throttle, address="203.0.113.1") <= 60
    clock.now += 60
    assert waits(throttle, address="203.0.113.1") == 0


def test_one_address_is_slow_whatever_it_tries_and_a_success_of_its_own_does_not_help(throttle: Throttle, clock: Clock):
    for number in range(20):
        assert waits(throttle, account=f"person{number}") == 0
    assert waits(throttle, account="another") == 1
    clock.now += 1
    assert waits(throttle, account="mine") == 0
    throttle.succeeded("sign-in", "mine", "192.0.2.1")
    assert waits(throttle, account="another") > 0


def test_an_ipv6_network_is_one_address(throttle: Throttle):
    for number in range(5):
        assert waits(throttle, address=f"2001:db8::{number}") == 0
    assert waits(throttle, address="2001:db8::ffff") == 1
    assert waits(throttle, address="2001:db8:0:1::1") == 0


def test_guesses_are_forgotten_after_an_hour_and_a_clock_set_back_makes_nobody_wait_longer(
    throttle: Throttle, clock: Clock
):
    for _ in range(6):
        clock.now += waits(throttle)
    clock.now -= HOUR
    assert waits(throttle) <= 2
    clock.now += HOUR + FORGOTTEN_AFTER
    assert [waits(throttle) for _ in range(5)] == [0] * 5
