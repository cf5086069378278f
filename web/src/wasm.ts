// Loading of the two WebAssembly modules that CMake writes to web/public/wasm/.

/** What Emscripten gives us; exported functions have a leading underscore. */
export interface WasmModule {
  HEAPU8: Uint8Array;
  HEAP32: Int32Array;
  HEAPF32: Float32Array;
  HEAPF64: Float64Array;
  UTF8ToString(pointer: number): string;
  stringToUTF8(text: string, pointer: number, room: number): void;
  lengthBytesUTF8(text: string): number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** Calls `use` with the heap address of `text` as a NUL-terminated UTF-8 string. */
export function withText<T>(module: WasmModule, text: string, use: (pointer: number) => T): T {
  const room = module.lengthBytesUTF8(text) + 1;
  const pointer = module._malloc(room);
  try {
    module.stringToUTF8(text, pointer, room);
    return use(pointer);
  } finally {
    module._free(pointer);
  }
}

/** Imports /wasm/<name>.js, whose default export is a factory. */
export async function loadModule<T extends WasmModule>(base: string, name: string): Promise<T> {
  const url = new URL(`wasm/${name}.js`, base).href;
  const { default: factory } = (await import(/* @vite-ignore */ url)) as { default: (options: object) => Promise<T> };
  return factory({ locateFile: (file: string) => new URL(`wasm/${file}`, base).href });
}
