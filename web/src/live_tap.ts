// Audio worklet: hands the sound over to the listener, block by block. Silence goes too, so that time goes on.

declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

const BLOCK = 512; // samples, four quanta of most browsers

class LiveTap extends AudioWorkletProcessor {
  private target: MessagePort | null = null;
  private block = new Float32Array(BLOCK);
  private filled = 0;
  private first = 0; // frame of the block's first sample
  private done = false;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<{ port?: MessagePort }>) => {
      if (event.data.port) this.target = event.data.port;
      else this.done = true;
    };
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const size = channels[0]?.length ?? outputs[0]?.[0]?.length ?? 128;
    for (let i = 0; i < size; ++i) {
      if (this.filled === 0) this.first = currentFrame + i;
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.block[this.filled++] = channels.length > 1 ? sum / channels.length : sum;
      if (this.filled === BLOCK) this.hand();
    }
    return !this.done;
  }

  private hand(): void {
    this.filled = 0;
    if (!this.target) return;
    const block = this.block;
    this.target.postMessage({ samples: block, frame: this.first }, [block.buffer]);
    this.block = new Float32Array(BLOCK);
  }
}

registerProcessor('live-tap', LiveTap);
