// The stage: the view once it is there, and when its pictures are drawn.

import type { Setting, ViewText } from './generated/abi';
import { dom } from './page';
import { View } from './view';

export class Stage {
  view: View | null = null;
  asleep = true; // no animation frame is asked for

  /** `draw` draws the picture of `now` (seconds); true: the next one is wanted at once. */
  constructor(private readonly draw: (view: View, now: number) => boolean) {}

  /** False when this browser has no WebGL 2. */
  async open(base: string): Promise<boolean> {
    this.view = await View.open(base, '#stage');
    if (!this.view) return false;
    this.view.listen(dom.stage, () => this.wake());
    return true;
  }

  /** Follows the size of the window from now on. */
  fill(): void {
    const resize = (): void => this.resize();
    const sizes = new ResizeObserver(resize);
    sizes.observe(dom.stage);
    sizes.observe(dom.bar);
    window.addEventListener('resize', resize);
    resize();
  }

  /** Something changed: draws until nothing does any more. */
  wake(): void {
    if (!this.asleep || !this.view) return;
    this.asleep = false;
    requestAnimationFrame(() => this.picture());
  }

  set(setting: Setting, value: number | boolean): void {
    this.view?.set(setting, value);
  }

  text(text: ViewText, value: string): void {
    this.view?.text(text, value);
  }

  private picture(): void {
    if (this.view && this.draw(this.view, performance.now() / 1000)) requestAnimationFrame(() => this.picture());
    else this.asleep = true;
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = dom.stage;
    const scale = Math.min(window.devicePixelRatio || 1, 3);
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    if (dom.stage.width !== w || dom.stage.height !== h) {
      dom.stage.width = w;
      dom.stage.height = h;
    }
    this.view?.resize(width, height, scale, dom.bar.offsetHeight);
    this.wake();
  }
}
