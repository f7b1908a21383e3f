export { observe } from './observe.ts';
export type { Observer } from './observe.ts';
export type { ObserveOptions, PageRequest } from './observe-options.ts';
export type { ObservedHost } from './observed-host.ts';
export type { Redact } from './view/plain.ts';
