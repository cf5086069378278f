// Turns the coarse readings of an audio clock into a smooth time that never drifts from it.

const JUMP = 0.06; // seconds of disagreement that mean a seek, not jitter
const PULL = 0.12; // share of a small disagreement taken back at each reading

export class SmoothClock {
  private shown = 0;
  private read = -1; // steady clock at the last reading, seconds

  /** Forgets the past: the next reading is taken as it is. */
  reset(): void {
    this.read = -1;
  }

  /**
   * `raw`: the audio clock, seconds of the song; `now`: a steady clock, seconds; `speed`: song seconds per second.
   * Returns the time to draw.
   */
  update(raw: number, now: number, speed: number): number {
    if (this.read < 0) {
      this.shown = raw;
    } else {
      this.shown += (now - this.read) * speed;
      const error = raw - this.shown;
      this.shown = Math.abs(error) > JUMP ? raw : this.shown + error * PULL;
    }
    this.read = now;
    return this.shown;
  }
}
