// The beat network on ONNX Runtime Web: from what the core hears of a song to probabilities of beats.

import { LISTENER_COLUMNS } from './generated/abi';
import { importOrt } from './engine';

export interface Listener {
  /** rows x 2 probabilities (beat, downbeat) of rows x LISTENER_COLUMNS. */
  run(input: Float32Array): Promise<Float32Array>;
}

export async function openListener(base: string, model: Uint8Array): Promise<Listener> {
  const ort = await importOrt(base, 'wasm');
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3, // errors only
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  return {
    async run(input) {
      const rows = input.length / LISTENER_COLUMNS;
      const output = (await session.run({ input: new ort.Tensor('float32', input, [1, rows, LISTENER_COLUMNS]) }))[
        'activation'
      ];
      if (!output) throw new Error('The beat network has no output activation.');
      const data = (await output.getData()) as Float32Array;
      output.dispose();
      return data;
    },
  };
}
