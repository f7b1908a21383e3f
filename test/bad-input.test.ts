import type { AnyActorRef } from 'xstate';
import fc from 'fast-check';
import { ask, monitor } from '../src/index.ts';
import { hostInUse } from './support/host-in-use.ts';
import type { HostInUse } from './support/host-in-use.ts';
import {
  isAbsent,
  isFunction,
  isId,
  isLimit,
  isName,
  isObject,
  isPath,
  isPlainObject,
  isText,
  nothing,
} from './support/legal.ts';
import { anyNonsense, nonsense } from './support/nonsense.ts';
import { isMistake, isRefused, outcomeOf, throwsByItself, told } from './support/outcome.ts';
import type { Outcome } from './support/outcome.ts';

interface Entrance {
  readonly name: string;
  /** Lets nonsense in. */
  readonly enter: (to: HostInUse & { readonly host: any }, value: any) => unknown;
  /** How it is met: by the refusal of a command, by an error that names this argument, or by this answer to a read. */
  readonly argument?: string;
  readonly isMet?: (outcome: Outcome, value: unknown) => boolean;
  /** Whether this is not nonsense here. */
  readonly isLegal?: (value: unknown) => boolean;
}

const isNotFound = (outcome: Outcome) =>
  isRefused(outcome) && (outcome as { answer: { error: { code: string } } }).answer.error.code === 'not_found';
const answers =
  (expected: unknown) =>
  (outcome: Outcome): boolean =>
    outcome.type === 'answered' && outcome.answer === expected;

const commands: readonly Entrance[] = [
  { name: 'host.startSession(…)', enter: ({ host }, v) => host.startSession(v), argument: 'input' },
  {
    name: 'host.startSession({ projectPath: … })',
    enter: ({ host }, projectPath) => host.startSession({ projectPath }),
    isLegal: isPath,
  },
  {
    name: 'host.startSession({ projectPath, name: … })',
    enter: ({ host }, name) => host.startSession({ projectPath: '/x', name }),
    isLegal: (v) => isAbsent(v) || isName(v),
  },
  {
    name: 'host.startSession({ projectPath, config: … })',
    enter: ({ host }, config) => host.startSession({ projectPath: '/x', config }),
    isLegal: (v) => isAbsent(v) || isPlainObject(v),
  },
  {
    name: 'host.startSession({ projectPath, id: … })',
    enter: ({ host }, id) => host.startSession({ projectPath: '/x', id }),
    isLegal: (v) => isAbsent(v) || isId(v),
  },
  { name: 'host.stopSession(…)', enter: ({ host }, v) => host.stopSession(v) },
  { name: 'host.restartSession(…)', enter: ({ host }, v) => host.restartSession(v) },
  { name: 'host.renameSession(…, name)', enter: ({ host }, v) => host.renameSession(v, 'new') },
  { name: 'host.renameSession(id, …)', enter: ({ host }, v) => host.renameSession('a', v), isLegal: isName },
  { name: 'host.configureSession(…, patch)', enter: ({ host }, v) => host.configureSession(v, { model: 'small' }) },
  {
    name: 'host.configureSession(id, …)',
    enter: ({ host }, v) => host.configureSession('a', v),
    isLegal: isPlainObject,
  },
  { name: 'host.updateSession(…)', enter: ({ host }, v) => host.updateSession(v) },
  ...['id', 'projectPath', 'createdAt', 'updatedAt', 'name', 'config'].map((field): Entrance => ({
    name: `host.updateSession({ ...session, ${field}: … })`,
    enter: ({ host, session }, value) => host.updateSession({ ...session, [field]: value }),
    isLegal: (v) =>
      (field === 'name' && isName(v)) ||
      (field === 'config' && isPlainObject(v)) ||
      (field === 'updatedAt' && Number.isSafeInteger(v) && (v as number) > 1e12),
  })),
];

const reads: readonly Entrance[] = [
  { name: 'host.lookup(…)', enter: ({ host }, v) => host.lookup(v), isMet: isNotFound },
  { name: 'host.lookupByPath(…)', enter: ({ host }, v) => host.lookupByPath(v), isMet: isNotFound },
  { name: 'host.lookupByName(…)', enter: ({ host }, v) => host.lookupByName(v), isMet: isNotFound },
  { name: 'host.session(…)', enter: ({ host }, v) => host.session(v), isMet: answers(undefined) },
  { name: 'host.whereis(…, childId)', enter: ({ host }, v) => host.whereis(v, 'x'), isMet: answers(undefined) },
  { name: 'host.whereis(id, …)', enter: ({ host }, v) => host.whereis('a', v), isMet: answers(undefined) },
  { name: 'host.isRunning(…)', enter: ({ host }, v) => host.isRunning(v), isMet: answers(false) },
];

const isSent = (v: unknown) => isObject(v) && isText((v as { type?: unknown }).type);

const calls: readonly Entrance[] = [
  { name: 'host.on(…, listener)', enter: ({ host }, v) => host.on(v, () => {}), argument: 'type', isLegal: isText },
  { name: 'host.on(type, …)', enter: ({ host }, v) => host.on('*', v), argument: 'listener', isLegal: isFunction },
  { name: 'host.send(…)', enter: ({ host }, v) => host.send(v), argument: 'event' },
  { name: 'host.send({ type: … })', enter: ({ host }, type) => host.send({ type }), argument: 'event' },
  {
    name: 'host.maxSessions = …',
    enter: ({ host }, v) => void (host.maxSessions = v),
    argument: 'maxSessions',
    isLegal: isLimit,
  },
  ...(['host.actor', 'registry', 'sessions', 'a', 'b'] as const).flatMap((name): Entrance[] => {
    const refOf = (to: HostInUse) => (name === 'host.actor' ? to.host.actor : to[name]) as AnyActorRef;
    return [
      { name: `${name}.send(…)`, enter: (to, v) => refOf(to).send(v), argument: 'event', isLegal: isSent },
      {
        name: `${name}.on(type, …)`,
        enter: (to, v) => refOf(to).on('*' as never, v),
        argument: 'listener',
        isLegal: isFunction,
      },
      { name: `ask(${name}, …)`, enter: (to, v) => ask(refOf(to), v as never), argument: 'event', isLegal: isSent },
      {
        name: `monitor(${name}, …)`,
        enter: (to, v) => monitor(refOf(to), v),
        argument: 'listener',
        isLegal: isFunction,
      },
    ];
  }),
  { name: 'a.on(…, listener)', enter: ({ a }, v) => a.on(v, () => {}), argument: 'type', isLegal: isText },
  { name: 'a.select(…)', enter: ({ a }, v) => a.select(v), argument: 'selector', isLegal: isFunction },
  { name: 'ask(…, event)', enter: (_, v) => ask(v as HostInUse['a'], { type: 'x' } as never), argument: 'ref' },
  {
    name: 'ask(ref, event, …)',
    enter: ({ host }, v) => ask(host.actor, { type: 'registry.count' } as never, v),
    argument: 'options',
    // What throws when its fields are read throws its own error.
    isLegal: (v) => isAbsent(v) || isObject(v) || throwsByItself.includes(v),
  },
  {
    name: 'ask(ref, event, { timeoutMs: … })',
    enter: ({ host }, timeoutMs) => ask(host.actor, { type: 'registry.count' } as never, { timeoutMs }),
    argument: 'timeoutMs',
    isLegal: (v) => isAbsent(v) || (typeof v === 'number' && (v === Infinity || (v >= 0 && v < 2 ** 31))),
  },
  { name: 'monitor(…, listener)', enter: (_, v) => monitor(v, () => {}), argument: 'ref' },
];

const entrances = [...commands, ...reads, ...calls];

/** How nonsense was met, where it was not met as it should be. */
async function wrongs(to: HostInUse, entrance: Entrance, what: string, value: unknown): Promise<string[]> {
  const { name, enter, argument, isMet, isLegal = nothing } = entrance;
  if (isLegal(value)) return [];
  const outcome = await outcomeOf(() => enter(to, value));
  const isFine =
    isMet?.(outcome, value) ?? (isRefused(outcome) || (argument !== undefined && isMistake(outcome, argument)));
  return isFine ? [] : [`${name} with ${what} ${told(outcome)}`];
}

describe('Nonsense is met by a typed refusal, or an error that names the argument, and changes nothing', () => {
  it.each(entrances)('in $name', async (entrance) => {
    const to = await hostInUse();
    const found: string[] = [];
    for (const [what, value] of Object.entries(nonsense)) found.push(...(await wrongs(to, entrance, what, value)));
    expect(found).toEqual([]);
    await to.expectUnchanged();
  });

  it('in any of these, whatever it is', async () => {
    const to = await hostInUse();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...entrances), anyNonsense, async (entrance, value) => {
        expect(await wrongs(to, entrance, 'that', value)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    await to.expectUnchanged();
  });
});
