"""The playback clock, driven by animation frames of a fake time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

CLOCK = """
  const { Clock } = await kit("clock");
  const animation = {
    now: 0,
    calls: new Map(),
    handles: 0,
    request(call) { this.handles += 1; this.calls.set(this.handles, call); return this.handles; },
    cancel(handle) { this.calls.delete(handle); },
    advance(ms, every = 5) {
      for (const end = this.now + ms; this.now < end; ) {
        this.now += every;
        const due = [...this.calls.values()];
        this.calls.clear();
        for (const call of due) call(this.now);
      }
    },
  };
  const steps = [], playing = [];
  const clockWith = options => new Clock({
    onStep: step => steps.push(step), onPlaying: isPlaying => playing.push(isPlaying), animation, ...options,
  });
"""


@pytest.mark.parametrize(("speed", "shown"), [(0.5, 5), (1, 10), (2, 20), (4, 40)])
def test_a_row_of_fifty_steps_takes_five_seconds_at_speed_1(
    kit_page: KitPage, speed: float, shown: int
) -> None:
    got = kit_page.run(
        f"""{CLOCK}
        const clock = clockWith();
        clock.load(50);
        clock.speed = given;
        clock.play();
        animation.advance(1015);
        return steps;""",
        speed,
    )
    assert got == list(range(shown + 1))


@pytest.mark.parametrize(("last", "shown"), [(2, 2), (10, 5), (1000, 48)])
def test_short_rows_are_slow_enough_and_long_ones_fast_enough_to_read(
    kit_page: KitPage, last: int, shown: int
) -> None:
    script = f"{CLOCK} const clock = clockWith(); clock.load(given); clock.play(); animation.advance(2020);"
    assert kit_page.run(f"{script} return clock.step;", last) == shown


def test_a_row_that_is_still_arriving_is_followed_and_waited_for(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{CLOCK}
      const clock = clockWith();
      const seen = [];
      clock.begin(50, {{ play: true }});
      animation.advance(500);
      seen.push(clock.step);
      clock.arrived(1);
      clock.arrived(4);
      animation.advance(2000);
      seen.push(clock.step, clock.isPlaying);
      clock.arrived(51);
      animation.advance(1000);
      seen.push(clock.step < 20);
      animation.advance(5000);
      seen.push(clock.step, clock.isPlaying);
      clock.ended({{ showLast: false }});
      seen.push(clock.isPlaying);
      return [seen, playing, steps];""")
    assert got == [[-1, 3, True, True, 50, True, False], [True, False], list(range(51))]


def test_a_viewer_who_sees_none_play_gets_the_last_frame_at_the_end(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{CLOCK}
      const clock = clockWith();
      clock.begin(8, {{ play: false }});
      for (let received = 1; received <= 9; received += 1) clock.arrived(received);
      animation.advance(3000);
      clock.ended({{ showLast: true }});
      return [steps, playing];""")
    assert got == [[0, 8], []]


def test_a_target_is_stopped_at_as_soon_as_it_is_here(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{CLOCK}
      const clock = clockWith();
      clock.begin(8, {{ play: true, target: 5 }});
      for (let received = 1; received <= 9; received += 1) clock.arrived(received);
      animation.advance(3000);
      clock.ended({{ showLast: false }});
      return [steps, playing];""")
    assert got == [[0, 5], []]


def test_seeking_stops_at_the_step_or_at_the_nearest_that_is_here(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{CLOCK}
      const clock = clockWith();
      clock.begin(50, {{ play: true }});
      clock.arrived(7);
      const at = [];
      for (const step of [3, -2, 40]) {{ clock.seek(step); at.push(clock.step); }}
      animation.advance(1000);
      return [at, clock.step, clock.isPlaying];""")
    assert got == [[3, 0, 6], 6, False]


def test_playing_stops_at_the_end_and_begins_again_from_the_first_frame(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{CLOCK}
      const clock = clockWith();
      clock.load(2);
      clock.toggle();
      animation.advance(3000);
      const stopped = [clock.step, clock.isPlaying, animation.calls.size];
      clock.toggle();
      animation.advance(10);
      clock.toggle();
      animation.advance(3000);
      return [stopped, steps, playing];""")
    assert got == [[2, False, 0], [0, 1, 2, 0], [True, False, True, False]]


def test_a_new_row_forgets_the_one_before(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{CLOCK}
      const clock = clockWith();
      clock.begin(8, {{ play: true, target: 6 }});
      clock.arrived(3);
      clock.begin(4, {{ play: true }});
      const begun = [clock.step, clock.received, clock.isPlaying, animation.calls.size];
      clock.arrived(5);
      clock.ended({{ showLast: false }});
      animation.advance(3000);
      return [begun, steps];""")
    assert got == [[-1, 0, True, 1], [0, 0, 1, 2, 3, 4]]


@pytest.mark.parametrize(("skips", "shown"), [(True, [0, 5, 10]), (False, [0, 1, 2, 3])])
def test_on_a_slow_device_frames_are_passed_over_only_where_asked(
    kit_page: KitPage, skips: bool, shown: list[int]
) -> None:
    got = kit_page.run(
        f"""{CLOCK}
        const clock = clockWith({{ pace: () => 10, skipsLate: given }});
        clock.load(10);
        clock.play();
        animation.advance(10, 10);
        animation.advance(1500, 500);
        return steps;""",
        skips,
    )
    assert got == shown


def test_the_first_frame_can_be_held_longer(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{CLOCK}
      const clock = clockWith({{ pace: () => 10, firstHoldMs: 400 }});
      clock.load(10);
      clock.play();
      animation.advance(495);
      const held = clock.step;
      animation.advance(20);
      const gone = clock.step;
      animation.advance(100);
      return [held, gone, clock.step];""")
    assert got == [0, 1, 2]


def test_as_a_rule_the_pages_own_animation_frames_drive_it(kit_page: KitPage) -> None:
    got = kit_page.run("""
      const { Clock } = await kit("clock");
      const steps = [];
      const clock = new Clock({ onStep: step => steps.push(step), pace: () => 50 });
      clock.load(3);
      clock.play();
      await until(() => !clock.isPlaying);
      return steps;""")
    assert got == [0, 1, 2, 3]
