"""Waits that can be called off: for time to pass, and for the page to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

SETUP = """
  const { sleep, until: wait } = await kit("waiting");
  const { onVisibility, untilShown } = await kit("visibility");
  const stop = new AbortController();
  const { signal } = stop;
"""


def test_a_sleep_lasts_as_long_as_it_says(kit_page: KitPage) -> None:
    script = (
        f"{SETUP} const began = performance.now(); await sleep(80, signal); return performance.now() - began;"
    )
    assert 79 <= kit_page.run(script) < 2000


def test_a_sleep_is_called_off_at_once_or_before_it_begins(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const sleeping = sleep(60000, signal).catch(error => error.name);
      stop.abort();
      return [await sleeping, await sleep(60000, signal).catch(error => error.name)];""")
    assert got == ["AbortError", "AbortError"]


def test_a_wait_clears_up_after_itself_however_it_ends(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      let cleared = 0;
      await wait(signal, resolve => {{ resolve(); return () => {{ cleared += 1; }}; }});
      const held = wait(signal, () => () => {{ cleared += 1; }}).catch(() => {{}});
      stop.abort();
      await held;
      return cleared;""")
    assert got == 2


def test_a_page_that_is_shown_is_not_waited_for(kit_page: KitPage) -> None:
    assert kit_page.run(f"{SETUP} await untilShown(signal); return document.hidden;") is False


def test_a_hidden_page_is_waited_for_until_it_is_shown(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      hide(true);
      let isShown = false;
      const shown = untilShown(signal).then(() => {{ isShown = true; }});
      hide(true);
      await pass(30);
      const before = isShown;
      hide(false);
      await shown;
      return [before, isShown];""")
    assert got == [False, True]


def test_a_hidden_page_need_not_be_waited_for_any_longer(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      hide(true);
      const shown = untilShown(signal).catch(error => error.name);
      stop.abort();
      return shown;""")
    assert got == "AbortError"


def test_hiding_and_showing_is_reported_until_the_signal_fires(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const seen = [];
      onVisibility(isHidden => seen.push(isHidden), signal);
      hide(true);
      hide(false);
      stop.abort();
      hide(true);
      return seen;""")
    assert got == [True, False]
