import type { AnyActorLogic } from 'xstate';
import {
  describe,
  requireFunction,
  requireNumber,
  requireObject,
  requireOneOf,
  requireTimer,
} from './core/arguments.ts';
import { requireDuration } from './core/duration.ts';
import type { SessionRecord } from './core/session-record.ts';
import type { SessionStore } from './session-store.ts';
import type { TimerPolicy } from './xstate/restored-timers.ts';

/**
 * When a session is written to the store.
 *
 * - `'each'`: after each change. What an `ask` or a command was answered, and what `session.started` and
 *   `session.updated` announced, is on the disk before
 * - `{ everyMs }`: so long after a change, at most
 * - `'on_stop'`: when the host closes, and at `host.flush()`
 */
export type Persist = 'each' | { readonly everyMs: number } | 'on_stop';

/** How sessions are kept, so that they survive a crash of theirs, or of the host. */
export interface KeepingOptions {
  /** Where sessions are kept. The host closes it as it closes. By default they end with the host. */
  readonly store?: SessionStore;
  /** When a session is written. By default `'each'`. */
  readonly persist?: Persist;
  /** How long a command, an answer or a close waits for the store, or for `migrate`, in milliseconds. By default 5000. */
  readonly storeTimeoutMs?: number;
  /** When the timers fire that were pending in a session that comes back. By default at their deadlines. */
  readonly timers?: TimerPolicy;
  /** What a session begins with after a crash: afresh, as in OTP (the default), or with the last state before it. */
  readonly restartFrom?: 'start' | 'last_snapshot';
  /** After how many crashes on one snapshot a session begins afresh, where it would begin with that. By default 3. */
  readonly poisonAfter?: number;
  /** Which version of the logic a snapshot is of. By default that of the machine, or `''`. */
  readonly logicVersion?: string;
  /** Makes the record of another logic, or of another version of it, one that this logic can go on from. */
  readonly migrate?: (record: SessionRecord) => SessionRecord | Promise<SessionRecord>;
}

/** The same, checked once, with every default in place. */
export interface Keeping extends Required<Omit<KeepingOptions, 'store' | 'logicVersion' | 'migrate'>> {
  readonly store: SessionStore | undefined;
  readonly logic: SessionRecord['logic'];
  readonly migrate: KeepingOptions['migrate'];
}

/**
 * @returns undefined: nothing is kept
 * @throws TypeError, RangeError that name the option
 */
export function resolveKeeping(options: KeepingOptions, session: AnyActorLogic): Keeping | undefined {
  const {
    store,
    persist = 'each',
    storeTimeoutMs = 5000,
    timers = 'deadline',
    restartFrom = 'start',
    poisonAfter = 3,
    logicVersion = textOf(session, 'version'),
    migrate,
  } = options;
  if (store !== undefined) requireStore(store);
  requirePersist(persist);
  requireDuration('storeTimeoutMs', storeTimeoutMs);
  requireTimer('storeTimeoutMs', storeTimeoutMs);
  requireOneOf('timers', timers, ['deadline', 'remaining', 'restart']);
  requireOneOf('restartFrom', restartFrom, ['start', 'last_snapshot']);
  requireNumber('poisonAfter', poisonAfter, 1, 'integer');
  if (typeof logicVersion !== 'string')
    throw new TypeError(`logicVersion must be a string, not ${describe(logicVersion)}`);
  if (migrate !== undefined) requireFunction('migrate', migrate);
  if (store === undefined) {
    for (const name of ofStore) {
      if (options[name] !== undefined) throw new TypeError(`${name} needs a store, and there is none`);
    }
    if (restartFrom === 'start') {
      for (const name of ofSnapshots) {
        if (options[name] === undefined) continue;
        throw new TypeError(`${name} needs a store, or restartFrom: 'last_snapshot', and there is neither`);
      }
      return undefined;
    }
  }
  const logic = { id: textOf(session, 'id'), version: logicVersion };
  return { store, persist, storeTimeoutMs, timers, restartFrom, poisonAfter, logic, migrate };
}

const ofStore = ['persist', 'storeTimeoutMs', 'logicVersion', 'migrate'] as const;
const ofSnapshots = ['timers', 'poisonAfter'] as const;

const operations = ['list', 'load', 'save', 'delete', 'setAside', 'close'] as const;

function requireStore(store: SessionStore): void {
  requireObject('store', store);
  for (const name of operations) requireFunction(`store.${name}`, store[name]);
}

function requirePersist(persist: Persist): void {
  if (typeof persist === 'object' && persist !== null) {
    requireDuration('persist.everyMs', persist.everyMs);
    requireTimer('persist.everyMs', persist.everyMs);
  } else if (persist !== 'each' && persist !== 'on_stop') {
    throw new TypeError(`persist must be 'each', { everyMs } or 'on_stop', not ${describe(persist)}`);
  }
}

// A machine has both; other logics may.
function textOf(logic: AnyActorLogic, name: 'id' | 'version'): string {
  const value = (logic as { readonly id?: unknown; readonly version?: unknown })[name];
  return typeof value === 'string' ? value : '';
}
