"""The screen kept on while something plays and is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

SETUP = """
  const { KeepAwake } = await kit("keep_awake");
  const seen = [];
  class Lock extends EventTarget {
    async release() { seen.push("released"); this.dispatchEvent(new Event("release")); }
  }
  let last = null;
  const locks = { request: async type => { seen.push(type); last = new Lock(); return last; } };
  const settled = () => pass(5);
"""


def test_the_screen_stays_on_while_something_plays(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const awake = new KeepAwake(locks);
      await awake.set(true);
      await awake.set(true);
      const playing = [...seen];
      await awake.set(false);
      return [playing, seen, awake.lock];""")
    assert got == [["screen"], ["screen", "released"], None]


def test_it_is_asked_for_again_when_a_hidden_page_is_shown(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const awake = new KeepAwake(locks);
      await awake.set(true);
      last.release(); // as a browser does when it hides the page
      hide(true);
      await settled();
      const hidden = [...seen];
      hide(false);
      await settled();
      return [hidden, seen];""")
    assert got == [["screen", "released"], ["screen", "released", "screen"]]


def test_nothing_is_asked_for_on_a_hidden_page_or_while_nothing_plays(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const awake = new KeepAwake(locks);
      hide(true);
      await awake.set(true);
      await awake.set(false);
      hide(false);
      await settled();
      return seen;""")
    assert got == []


def test_a_lock_that_comes_too_late_is_released(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      let grant;
      const granted = new Promise(resolve => {{ grant = resolve; }});
      const slow = {{ request: type => {{ seen.push(type); return granted; }} }};
      const awake = new KeepAwake(slow);
      const asked = awake.set(true);
      awake.set(false);
      grant(new Lock());
      await asked;
      return [seen, awake.lock];""")
    assert got == [["screen", "released"], None]


def test_a_refusal_or_a_missing_lock_disturbs_nothing(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const refusal = new DOMException("low battery", "NotAllowedError");
      const refusing = {{ request: () => Promise.reject(refusal) }};
      const refused = new KeepAwake(refusing);
      await refused.set(true);
      await refused.set(false);
      Object.defineProperty(navigator, "wakeLock", {{ value: undefined, configurable: true }});
      const missing = new KeepAwake();
      await missing.set(true);
      await missing.set(false);
      return [refused.lock, missing.lock];""")
    assert got == [None, None]


def test_closing_lets_the_screen_go_for_good(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const awake = new KeepAwake(locks);
      await awake.set(true);
      awake.close();
      hide(true);
      hide(false);
      await settled();
      return seen;""")
    assert got == ["screen", "released"]


def test_the_browsers_own_lock_is_used_where_there_is_one(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      Object.defineProperty(navigator, "wakeLock", {{ value: locks, configurable: true }});
      const awake = new KeepAwake();
      await awake.set(true);
      return seen;""")
    assert got == ["screen"]
