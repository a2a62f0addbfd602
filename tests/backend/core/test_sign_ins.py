"""Lifetime of a sign-in, and the label of its browser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.sign_ins import DAY_MS, LABEL_LENGTH, Lifetime, Lifetimes, device_label

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.0 Mobile/15E148 Safari/604.1"
)


def test_a_sign_in_ends_at_the_earlier_of_its_two_limits() -> None:
    lifetime = Lifetime(idle_ms=30, absolute_ms=100)
    assert lifetime.expires_ms(0, 0) == 30
    assert lifetime.expires_ms(0, 60) == 90
    assert lifetime.expires_ms(0, 90) == 100


def test_a_guest_who_has_no_password_to_come_back_with_keeps_a_sign_in_longer() -> None:
    account, guest = Lifetimes().of(guest=False), Lifetimes().of(guest=True)
    assert (account.idle_ms, account.absolute_ms) == (30 * DAY_MS, 180 * DAY_MS)
    assert guest.idle_ms > account.idle_ms
    assert guest.absolute_ms > account.absolute_ms


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/141.0.0.0", "Edge on Windows"),
        (CHROME + " Whale/4.30", "Whale on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/27.0 Chrome/125.0",
            "Samsung Internet on Android",
        ),
        ("curl/8.9", "curl"),
        ("", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_called_by_its_name_and_system(agent: str, label: str) -> None:
    assert device_label(agent) == label


@given(st.text(max_size=2_000))
def test_whatever_a_browser_calls_itself_the_label_is_short_and_plain(agent: str) -> None:
    label = device_label(agent)
    assert len(label) <= LABEL_LENGTH
    assert label.isascii()
