/** `xstate-supervisor/node`: what only Node can do: processes of the operating system, its signals, and its files. */
export { closeOnSignals } from './close-on-signals.ts';
export { fileStore } from './file-store.ts';
export { fromProcess } from './from-process.ts';
export { ProcessError } from './process-error.ts';

export type { ClosableHost } from './close-on-signals.ts';
export type { FileStoreOptions } from './file-store.ts';
export type { ProcessEvent, ProcessLineEvent, ProcessLogic, ProcessOutput, ProcessSnapshot } from './from-process.ts';
export type { ProcessFailure } from './process-error.ts';
export type { ProcessOptions, ProcessOptionsFrom } from './process-options.ts';
export type { ProcessSignal } from './process-signal.ts';
export type { FileSystem, OpenFile } from '../persistence/file-system.ts';
