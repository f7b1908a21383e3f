import fc from 'fast-check';
import {
  configureSession,
  createSession,
  isSupervisionError,
  renameSession,
  SupervisionError,
  validateSession,
} from '../src/index.ts';
import type { SessionOptions } from '../src/index.ts';
import { isAbsent, isId, isName, isObject, isPath, isPlainObject, nothing } from './support/legal.ts';
import { anyNonsense, nonsense } from './support/nonsense.ts';
import { isMistake, isRefused, outcomeOf, throwsByItself, told } from './support/outcome.ts';
import { made } from './support/sessions.ts';

const session = Object.freeze(made({ config: { model: 'small' } }));
const input = Object.freeze({ projectPath: '/shop' });

const isTime = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
interface Use {
  readonly name: string;
  readonly call: (value: any) => unknown;
  /** What an error names, where it is not refused by a value. */
  readonly argument?: string;
  readonly isLegal?: (value: unknown) => boolean;
}

const withOptions = (name: string, call: (options: SessionOptions) => unknown): Use[] => [
  { name: `${name}, options`, call, argument: 'options', isLegal: (v) => isAbsent(v) || isObject(v) },
  {
    name: `${name}, { now }`,
    call: (now) => call({ now }),
    // What it returns is another matter.
    isLegal: (v) => isAbsent(v) || v === null || name.startsWith('validate'),
  },
  {
    name: `${name}, { config }`,
    call: (config) => call({ config }),
    argument: 'config',
    isLegal: (v) => isAbsent(v) || isObject(v),
  },
  {
    name: `${name}, { config: { schema } }`,
    call: (schema) => call({ config: { schema } }),
    argument: 'config.schema',
    isLegal: isAbsent,
  },
];

const uses: readonly Use[] = [
  { name: 'createSession(…)', call: (v) => createSession(v) },
  { name: 'createSession({ projectPath })', call: (projectPath) => createSession({ projectPath }) },
  {
    name: 'createSession({ name })',
    call: (name) => createSession({ ...input, name }),
    isLegal: (v) => isAbsent(v) || isName(v),
  },
  {
    name: 'createSession({ id })',
    call: (id) => createSession({ ...input, id }),
    isLegal: (v) => isAbsent(v) || isId(v),
  },
  {
    name: 'createSession({ config })',
    call: (config) => createSession({ ...input, config }),
    isLegal: (v) => isAbsent(v) || isPlainObject(v),
  },
  ...withOptions('createSession(input', (options) => createSession(input, options)),
  {
    name: 'createSession(input, { generateId })',
    call: (generateId) => createSession(input, { generateId }),
    isLegal: (v) => isAbsent(v) || v === null || v === nonsense['a function'],
  },
  {
    name: 'createSession(input, { config: { default } })',
    call: (value) => createSession(input, { config: { default: value } }),
    argument: 'config.default',
    isLegal: (v) => isAbsent(v) || isPlainObject(v),
  },
  { name: 'renameSession(…, name)', call: (v) => renameSession(v, 'new') },
  { name: 'renameSession(session, …)', call: (v) => renameSession(session, v), isLegal: isName },
  ...withOptions('renameSession(session, name', (options) => renameSession(session, 'new', options)),
  { name: 'configureSession(…, patch)', call: (v) => configureSession(v, {}) },
  { name: 'configureSession(session, …)', call: (v) => configureSession(session, v), isLegal: isPlainObject },
  ...withOptions('configureSession(session, patch', (options) => configureSession(session, {}, options)),
  { name: 'validateSession(…)', call: (v) => validateSession(v) },
  ...withOptions('validateSession(session', (options) => validateSession(session, options)),
  ...(['id', 'name', 'projectPath', 'config', 'createdAt', 'updatedAt'] as const).map((field): Use => ({
    name: `validateSession({ ${field} })`,
    call: (value) => validateSession({ ...session, [field]: value }),
    isLegal: (v) =>
      (field === 'id' && isId(v)) ||
      (field === 'name' && isName(v)) ||
      (field === 'projectPath' && isPath(v)) ||
      (field === 'config' && isPlainObject(v)) ||
      (field === 'createdAt' && isTime(v)) ||
      (field === 'updatedAt' && isTime(v) && (v as number) >= session.createdAt),
  })),
];

async function wrongs(
  { name, call, argument, isLegal = nothing }: Use,
  what: string,
  value: unknown,
): Promise<string[]> {
  if (isLegal(value)) return [];
  const outcome = await outcomeOf(() => call(value));
  const isItsOwn = argument !== undefined && throwsByItself.includes(value) && outcome.type === 'threw';
  const isFine = isItsOwn || isRefused(outcome) || (argument !== undefined && isMistake(outcome, argument));
  return isFine ? [] : [`${name} with ${what} ${told(outcome)}`];
}

describe('A function on sessions, given nonsense, refuses it or throws an error that names it:', () => {
  it.each(uses)('$name', async (use) => {
    const found: string[] = [];
    for (const [what, value] of Object.entries(nonsense)) found.push(...(await wrongs(use, what, value)));
    expect(found).toEqual([]);
  });

  it('any of these, whatever the nonsense is', async () => {
    const before = JSON.stringify([session, input]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...uses), anyNonsense, async (use, value) => {
        expect(await wrongs(use, 'that', value)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    expect(JSON.stringify([session, input])).toBe(before);
  });
});

describe('isSupervisionError', () => {
  it('is false for all nonsense', () => {
    for (const value of Object.values(nonsense)) {
      expect(isSupervisionError(value)).toBe(false);
      expect(isSupervisionError(value, 'not_found')).toBe(false);
    }
  });
});

describe('A refusal', () => {
  it('is printed as JSON, whatever caused it', () => {
    for (const cause of Object.values(nonsense)) {
      const json = JSON.stringify(new SupervisionError('start_failed', 'It failed', { cause }));
      expect(JSON.parse(json)).toMatchObject({ code: 'start_failed', message: 'It failed' });
    }
  });
});
