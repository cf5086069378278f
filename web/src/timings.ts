// How long things took, seconds, for the benchmark.

export class Timings {
  readonly seconds: Record<string, number> = {};
  private began = 0;

  /** A song was dropped. */
  restart(): void {
    this.began = performance.now();
  }

  /** From the drop to now. */
  mark(name: string): void {
    this.seconds[name] = (performance.now() - this.began) / 1000;
  }
}
