// The clock that is drawn by: smooth between readings, never away from the audio clock.
import { SmoothClock } from '../../web/src/clock';

describe('SmoothClock', () => {
  it('survives readings that make no sense', () => {
    const clock = new SmoothClock();
    expect(clock.update(0, 0, 1)).toBe(0);
    expect(Number.isFinite(clock.update(5, 0, 0))).toBe(true);
    expect(clock.update(1, -3, 1)).toBe(1); // the steady clock went back: a jump, taken as it is
  });

  it('stays within 12 ms of an audio clock that moves in steps of 23 ms, and never runs backwards', () => {
    const clock = new SmoothClock();
    let before = -1;
    for (let i = 0; i < 3600; ++i) {
      const now = i / 60;
      const stepped = Math.floor(now / 0.0232) * 0.0232;
      const shown = clock.update(stepped, now, 1);
      expect(shown).toBeGreaterThanOrEqual(before);
      if (i > 30) expect(Math.abs(shown - (now - 0.0116))).toBeLessThan(0.012);
      before = shown;
    }
  });

  it('does not drift when the steady clock runs 1 % fast', () => {
    const clock = new SmoothClock();
    let shown = 0;
    for (let i = 0; i < 60 * 60; ++i) shown = clock.update(i / 60, (i / 60) * 1.01, 1);
    expect(Math.abs(shown - 3599 / 60)).toBeLessThan(0.005);
  });

  it('takes a seek at once', () => {
    const clock = new SmoothClock();
    clock.update(10, 0, 1);
    expect(clock.update(70, 0.016, 1)).toBe(70);
  });

  it('follows the speed', () => {
    const clock = new SmoothClock();
    clock.update(0, 0, 0.5);
    expect(clock.update(0.05, 0.1, 0.5)).toBeCloseTo(0.05, 6);
  });
});
