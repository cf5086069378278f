// The dance model and the beat network of the page: listed, fetched and opened once each, when they are first needed.

import type { Core, Step } from '../core';
import { chooseEngine, type Engine } from '../engine';
import { MOTION_DIMS } from '../generated/abi';
import { openListener, type Listener } from '../listener';
import { fetchModel, forgetOthers, isKept, type ModelFile } from '../model_store';
import type { Backend, Listening } from '../protocol';
import { send } from './reports';

interface ManifestModel extends ModelFile {
  name: string;
  page: boolean;
  window: number;
  condition_columns: number;
  inputs: Record<string, unknown>;
  styles: { name: string; bpm: number }[];
}

/** Where an optional network fails the page goes on without it. */
export function complain(error: unknown): null {
  console.warn(error);
  return null;
}

export class Models {
  listening: Listening = 'careful';
  private model: ManifestModel | null = null;
  private listenerFile: ModelFile | null = null;
  private listener: Promise<Listener> | null = null;
  private weights: Promise<Uint8Array<ArrayBuffer>> | null = null;
  private engine: Promise<Engine> | null = null;
  private download = new AbortController();

  constructor(
    private readonly base: string,
    private readonly force: Backend | null,
    private readonly remembered: string | null,
  ) {}

  /** Takes models/manifest.json and tells the page what there is. */
  async load(response: Response, core: Core): Promise<void> {
    if (!response.ok) throw new Error(`The list of models could not be fetched (${response.status}). Reload the page.`);
    const json = await response.text();
    core.loadManifest(json);
    const { models, listeners } = JSON.parse(json) as { models: ManifestModel[]; listeners?: ModelFile[] };
    this.listenerFile = listeners?.[0] ?? null;
    this.model = models.find(({ page }) => page) ?? models[0] ?? null;
    if (this.model) core.chooseModel(this.model.name);
    const used = [this.model, this.listenerFile].filter((m) => m !== null);
    void forgetOthers(this.base, used).catch(() => undefined);
    const styles = this.model?.styles.map(({ name, bpm }) => ({ name, bpm })) ?? [];
    send({ kind: 'ready', styles, formats: core.formats() });
  }

  /** The engine with the dance model; after a failure it may be wanted again. */
  wantEngine(): Promise<Engine> {
    this.engine ??= this.openEngine().catch((error: unknown) => {
      this.engine = null;
      throw error;
    });
    return this.engine;
  }

  /** Opens the engine while something else is being done. */
  prefetch(): void {
    void this.wantEngine().catch(() => undefined);
  }

  /** Null where it is not wanted or cannot be had: then beats are counted without it. */
  async wantListener(): Promise<Listener | null> {
    const file = this.listenerFile;
    if (!file || this.listening === 'quick') return null;
    this.listener ??= fetchModel(this.base, file, () => undefined, new AbortController().signal).then((bytes) =>
      openListener(this.base, bytes),
    );
    return this.listener.catch((error: unknown) => {
      this.listener = null;
      return complain(error);
    });
  }

  /** Opens what is stored already: who has been here before need not wait for it when the song comes. */
  async warm(): Promise<void> {
    if (this.listenerFile && (await isKept(this.base, this.listenerFile))) await this.wantListener();
    if (this.model && (await isKept(this.base, this.model))) await this.wantEngine().catch(() => undefined);
  }

  stopDownload(): void {
    this.download.abort();
  }

  private wantWeights(): Promise<Uint8Array<ArrayBuffer>> {
    if (!this.model) return Promise.reject(new Error('There is no dance model here. Reload the page.'));
    if (!this.weights) {
      this.download = new AbortController();
      const report = (bytes: number, total: number): void =>
        send({ kind: 'download', what: 'dance model', bytes, total });
      this.weights = fetchModel(this.base, this.model, report, this.download.signal);
      this.weights.catch(() => {
        this.weights = null;
      });
    }
    return this.weights;
  }

  private async openEngine(): Promise<Engine> {
    const bytes = await this.wantWeights();
    const hash = this.model?.sha256 ?? '';
    const choice = await chooseEngine(this.base, bytes, hash, this.force, this.remembered, this.sampleStep());
    send({ kind: 'engine', engine: choice.engine.info, remember: choice.remember });
    return choice.engine;
  }

  /** An empty evaluation of one window, to time engines with. */
  private sampleStep(): Step {
    const window = this.model?.window ?? 1;
    const columns = this.model?.condition_columns ?? 1;
    return {
      batch: 1,
      window,
      columns,
      x: new Float32Array(window * MOTION_DIMS),
      t: new Float32Array(1),
      cond: new Float32Array(window * columns),
      phrase: new Int32Array(window),
      mask: this.model && 'mask' in this.model.inputs ? new Float32Array(window * MOTION_DIMS) : null,
    };
  }
}
