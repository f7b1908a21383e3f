import fc from 'fast-check';
import { configureSession, createSession, renameSession, validateSession } from '../src/core/session.ts';
import type { Session, SessionInput } from '../src/core/session.ts';
import { isSupervisionError } from '../src/core/supervision-error.ts';
import { at, codes, isDeepFrozen, made, valid } from './support/sessions.ts';

const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error('no');
    },
    ownKeys() {
      throw new Error('no');
    },
    getPrototypeOf() {
      throw new Error('no');
    },
  },
);

describe('a new session', () => {
  it('has an id, a name, a config and two equal times', () => {
    const session = made();
    expect(session).toStrictEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      name: 'shop',
      projectPath: '/home/me/shop',
      config: {},
      createdAt: 1000,
      updatedAt: 1000,
    });
  });

  it('takes its id, name and config where they are given', () => {
    expect(made({ id: 'mine', name: 'My shop', config: { model: 'small' } })).toMatchObject({
      id: 'mine',
      name: 'My shop',
      config: { model: 'small' },
    });
  });

  it('takes the time of the day and a random id unless told otherwise', () => {
    const before = Date.now();
    const first = createSession({ projectPath: '/a' });
    const second = createSession({ projectPath: '/a' });
    if (!first.ok || !second.ok) throw new Error('refused');
    expect(first.value.createdAt).toBeGreaterThanOrEqual(before);
    expect(first.value.createdAt).toBeLessThanOrEqual(Date.now());
    expect(first.value.id).not.toBe(second.value.id);
  });

  it('is frozen to the bottom', () => {
    expect(isDeepFrozen(made({ config: { a: [{ b: {} }] } }))).toBe(true);
  });

  it('keeps nothing of its input, and changes nothing in it', () => {
    const config = { list: [1] };
    const input = { projectPath: '/a', config };
    const session = made(input);
    config.list.push(2);
    expect(session.config).toEqual({ list: [1] });
    expect(Object.isFrozen(config)).toBe(false);
    expect(made(Object.freeze({ projectPath: '/a', config: Object.freeze({ a: 1 }) })).config).toEqual({ a: 1 });
  });

  it('shares its config with the session that it was given it by', () => {
    const { config } = made({ config: { a: [1] } });
    expect(made({ config }).config).toBe(config);
  });

  it('has its config merged key by key over the default', () => {
    const options = { config: { default: { model: 'small', tools: { web: true } } } };
    expect(made({}, options).config).toEqual({ model: 'small', tools: { web: true } });
    expect(made({ config: { tools: {} } }, options).config).toEqual({ model: 'small', tools: {} });
  });

  it('reads each field of its input once', () => {
    let reads = 0;
    const input = {
      get projectPath() {
        reads += 1;
        return reads === 1 ? '/a' : '..';
      },
    };
    expect(createSession(input)).toMatchObject({ ok: true, value: { projectPath: '/a' } });
  });
});

describe('a change', () => {
  it('renames, and leaves the session before as it was', () => {
    const before = made({ config: { a: [1] } });
    const renamed = renameSession(before, 'Other', at(2000));
    expect(renamed).toStrictEqual({ ok: true, value: { ...before, name: 'Other', updatedAt: 2000 } });
    expect(renamed.ok && isDeepFrozen(renamed.value)).toBe(true);
    expect(renamed.ok && renamed.value.config).toBe(before.config);
    expect(before.name).toBe('shop');
  });

  it('configures key by key', () => {
    const before = made({ config: { a: { x: 1, y: 2 }, b: [1] } });
    const configured = configureSession(before, { a: { x: 3 }, c: null }, at(2000));
    expect(configured).toStrictEqual({
      ok: true,
      value: { ...before, config: { a: { x: 3 }, b: [1], c: null }, updatedAt: 2000 },
    });
    expect(configured.ok && configured.value.config.b).toBe(before.config.b);
    expect(configured.ok && isDeepFrozen(configured.value)).toBe(true);
  });

  it('does not merge the default into a config again', () => {
    const options = { config: { default: { a: 1 } as Record<string, unknown> } };
    const session = made({}, options);
    const emptied = { ...session, config: {} };
    expect(configureSession(emptied, { b: 1 }, options)).toMatchObject({ value: { config: { b: 1 } } });
  });

  it('sets a key named __proto__ as data', () => {
    const patch = JSON.parse('{"__proto__":{"admin":true}}') as object;
    const configured = configureSession(made(), patch);
    expect(JSON.stringify(configured.ok && configured.value.config)).toBe('{"__proto__":{"admin":true}}');
    expect(configured.ok && 'admin' in configured.value.config).toBe(false);
  });

  it('always makes updatedAt grow', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2 }), (times) => {
        let session = made({}, at(2));
        for (const time of times) {
          const changed = time % 2 ? renameSession(session, 'x', at(time)) : configureSession(session, {}, at(time));
          if (!changed.ok) throw changed.error;
          expect(changed.value.updatedAt).toBe(Math.max(time, session.updatedAt + 1));
          expect(changed.value.createdAt).toBe(2);
          session = changed.value;
        }
      }),
    );
  });

  it('is refused where no time is left', () => {
    expect(codes(renameSession({ ...valid, updatedAt: Number.MAX_SAFE_INTEGER }, 'x'))).toEqual(['invalid_updated_at']);
  });

  it.each([undefined, null, 7, 'text', [], [1], () => 1, new Date(), new Map(), Object.create({ a: 1 })])(
    'is refused with the patch %p',
    (patch) => {
      expect(codes(configureSession(made(), patch as object))).toEqual(['invalid_config']);
    },
  );

  it('is refused with all that is wrong with the session', () => {
    expect(codes(renameSession({} as Session, ''))).toEqual([
      'invalid_id',
      'invalid_name',
      'invalid_project_path',
      'invalid_config',
      'invalid_created_at',
      'invalid_updated_at',
    ]);
  });
});

describe('a config', () => {
  it.each<[string, unknown, PropertyKey[] | undefined]>([
    ['null', null, undefined],
    ['an array', [1], undefined],
    ['a text', 'a', undefined],
    ['undefined in it', { a: undefined }, ['a']],
    ['a function in it', { a: [() => 1] }, ['a', 0]],
    ['a Date in it', { a: { b: new Date(0) } }, ['a', 'b']],
  ])('is not %s', (_name, config, path) => {
    const created = createSession({ projectPath: '/a', config: config as object });
    expect(codes(created)).toEqual(['invalid_config']);
    expect(!created.ok && created.error.issues[0]!.path).toEqual(path);
  });

  it('is refused with one issue for each fault, which says where it is', () => {
    const created = createSession({ projectPath: '/a', config: { a: 1n, 'b c': [NaN] } });
    expect(!created.ok && created.error.issues).toEqual([
      { code: 'invalid_config', path: ['a'], message: 'config.a is a bigint: it would not survive JSON' },
      { code: 'invalid_config', path: ['b c', 0], message: 'config["b c"][0] is NaN: it would not survive JSON' },
    ]);
  });
});

describe('a session from elsewhere', () => {
  it('is copied and frozen', () => {
    const given = { ...valid, config: { a: [1] } };
    const session = validateSession(given);
    expect(session).toStrictEqual({ ok: true, value: given });
    expect(session.ok && isDeepFrozen(session.value)).toBe(true);
    expect(Object.isFrozen(given)).toBe(false);
  });

  it('loses the fields that a session does not have', () => {
    expect(validateSession({ ...valid, extra: 1 })).toStrictEqual({ ok: true, value: valid });
  });

  it('is refused with all issues, in the order of the contract', () => {
    const refused = validateSession({
      id: '.',
      name: '\n'.repeat(60),
      projectPath: 'a/',
      config: { a: 1n, b: undefined },
      createdAt: -1,
      updatedAt: 0.5,
    });
    expect(codes(refused)).toEqual([
      'invalid_id',
      'invalid_name',
      'name_too_long',
      'invalid_project_path',
      'path_not_absolute',
      'invalid_config',
      'invalid_config',
      'invalid_created_at',
      'invalid_updated_at',
    ]);
    expect(!refused.ok && isSupervisionError(refused.error, 'invalid_session')).toBe(true);
    expect(!refused.ok && refused.error.message).toMatch(/^The session is invalid: id must .*; and 6 more$/);
  });

  it('has no defaults', () => {
    expect(codes(validateSession({ projectPath: '/a' }))).toEqual([
      'invalid_id',
      'invalid_name',
      'invalid_config',
      'invalid_created_at',
      'invalid_updated_at',
    ]);
  });

  it.each([{ createdAt: '1' }, { createdAt: 1.5 }, { createdAt: -0 }, { createdAt: NaN }, { createdAt: new Date(1) }])(
    'is refused with %p',
    (field) => {
      expect(codes(validateSession({ ...valid, ...field }))).toEqual(['invalid_created_at']);
    },
  );

  it('is refused when it was changed before it was made', () => {
    expect(codes(validateSession({ ...valid, createdAt: 5, updatedAt: 4 }))).toEqual(['invalid_updated_at']);
    expect(codes(validateSession({ ...valid, createdAt: 5, updatedAt: 5 }))).toEqual([]);
  });

  it('is what createSession made, after JSON', () => {
    const path = fc.array(fc.string({ minLength: 1, unit: 'grapheme' })).map((segments) => `/${segments.join('/')}`);
    const input = fc.record(
      { projectPath: path, name: fc.string(), id: fc.string(), config: fc.dictionary(fc.string(), fc.jsonValue()) },
      { requiredKeys: ['projectPath'] },
    );
    let sessions = 0;
    fc.assert(
      fc.property(input, fc.nat(), (given, time) => {
        const created = createSession(given, at(time));
        if (!created.ok) return;
        sessions += 1;
        expect(validateSession(JSON.parse(JSON.stringify(created.value)))).toEqual(created);
        expect(validateSession(created.value)).toEqual(created);
      }),
      { numRuns: 1000 },
    );
    expect(sessions).toBeGreaterThan(100);
  });
});

describe('nothing throws', () => {
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
    fc.constantFrom<unknown>(throwing, Symbol('s'), () => 1, class {}, new Proxy([], {}), Object.freeze({ name: 1 })),
  );
  const sessionLike = fc.record(
    { id: anything, name: anything, projectPath: anything, config: anything, createdAt: anything, updatedAt: anything },
    { requiredKeys: [] },
  );
  const nonsense = fc.oneof(anything, sessionLike);

  it('whatever it is given', () => {
    fc.assert(
      fc.property(nonsense, anything, (value, second) => {
        const results = [
          createSession(value as never),
          validateSession(value),
          renameSession(value as never, second as never),
          configureSession(value as never, second as never),
          renameSession(made(), second as never),
          configureSession(made(), second as never),
        ];
        for (const result of results) {
          if (result.ok) expect(validateSession(JSON.parse(JSON.stringify(result.value)))).toEqual(result);
          else expect(result.error.issues.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('when every field does', () => {
    const create = createSession(throwing as SessionInput);
    expect(codes(create)).toEqual(['invalid_id', 'invalid_name', 'invalid_project_path', 'invalid_config']);
    expect(codes(validateSession(throwing))).toHaveLength(6);
  });

  it('for a name, an id or a path of 10 million characters', () => {
    const huge = '\ud83d\ude00/'.repeat(3_333_333);
    const refused = createSession({ projectPath: huge, name: huge, id: huge });
    expect(codes(refused)).toEqual(['invalid_id', 'name_too_long', 'invalid_project_path', 'path_not_absolute']);
    expect(!refused.ok && refused.error.message.length).toBeLessThan(1000);
  });
});
