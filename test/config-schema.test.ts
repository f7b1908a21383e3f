import { pathToFileURL } from 'node:url';
import type { Type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { validateConfigOptions } from '../src/core/config-schema.ts';
import type { ConfigOptions, InferConfig, StandardSchemaV1 } from '../src/core/config-schema.ts';
import { configureSession, createSession, renameSession, validateSession } from '../src/core/session.ts';
import type { Session } from '../src/core/session.ts';
import { inChild } from './support/child.ts';

const projectPath = '/home/me/shop';

/** A schema written by hand. */
function schemaOf<T = Record<string, unknown>>(validate: (value: any) => unknown): StandardSchemaV1<unknown, T> {
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } };
}

function create<T = Record<string, unknown>>(config: ConfigOptions<T>, given?: object) {
  return createSession<T>({ projectPath, config: given }, { config });
}

function issuesOf(result: ReturnType<typeof create>) {
  return result.ok ? [] : result.error.issues;
}

interface Config {
  model: string;
  tokens: number;
}

it('gives the config its type, whoever made it', () => {
  const ark = schemaOf((value) => ({ value })) as unknown as Type<Config>;
  const config: Config = { model: 'small', tokens: 1 };
  const zod = z.object({ model: z.string(), tokens: z.number() });
  const valibot = v.object({ model: v.string(), tokens: v.number() });
  const all: Session<Config>[] = [];
  for (const created of [
    createSession({ projectPath, config }, { config: { schema: zod } }),
    createSession({ projectPath, config: { model: 'small' } }, { config: { schema: valibot, default: { tokens: 1 } } }),
    createSession({ projectPath, config }, { config: { schema: ark } }),
    createSession({ projectPath }, { config: { default: { model: 'small', tokens: 1 } } }),
  ]) {
    if (created.ok) all.push(created.value);
  }
  expect(all.map((session) => session.config)).toEqual([config, config, config, config]);
  // @ts-expect-error: zod's model is a string
  expect(createSession({ projectPath, config: { model: 1 } }, { config: { schema: zod } }).ok).toBe(false);
  // @ts-expect-error: valibot's model is a string
  expect(createSession({ projectPath, config: { model: 1 } }, { config: { schema: valibot } }).ok).toBe(false);
  // @ts-expect-error: arktype's model is a string
  createSession({ projectPath, config: { model: 1 } }, { config: { schema: ark } });
});

describe.each([
  ['zod', z.object({ model: z.string(), tokens: z.number().min(1).default(100) })],
  ['valibot', v.object({ model: v.string(), tokens: v.optional(v.pipe(v.number(), v.minValue(1)), 100) })],
] as const)('a schema of %s', (_name, schema) => {
  type Inferred = InferConfig<typeof schema>;
  const options: { config: ConfigOptions<Inferred> } = { config: { schema, default: { model: 'small' } } };

  it('checks a new config, and its output is what is stored', () => {
    const created = createSession({ projectPath, config: { model: 'large' } }, options);
    const config: Config | undefined = created.ok ? created.value.config : undefined;
    expect(config).toEqual({ model: 'large', tokens: 100 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('checks the whole after the default and the config are merged', () => {
    expect(create(options.config)).toMatchObject({ ok: true, value: { config: { model: 'small', tokens: 100 } } });
    expect(create(options.config, { tokens: 5 })).toMatchObject({ value: { config: { model: 'small', tokens: 5 } } });
  });

  it('gives one issue for each of its own, with the path', () => {
    expect(issuesOf(create(options.config, { model: 1, tokens: 0 }))).toEqual([
      { code: 'invalid_config', path: ['model'], message: expect.any(String) },
      { code: 'invalid_config', path: ['tokens'], message: expect.any(String) },
    ]);
  });

  it('checks a change, a name and what comes from elsewhere', () => {
    const created = createSession({ projectPath }, options);
    if (!created.ok) throw created.error;
    expect(configureSession(created.value, { tokens: 7 }, options)).toMatchObject({
      value: { config: { model: 'small', tokens: 7 } },
    });
    expect(configureSession(created.value, { tokens: 0 }, options)).toMatchObject({
      error: { issues: [{ code: 'invalid_config', path: ['tokens'] }] },
    });
    expect(renameSession(created.value, 'x', options)).toMatchObject({ value: { config: created.value.config } });
    expect(validateSession(JSON.parse(JSON.stringify(created.value)), options)).toEqual(created);
    expect(validateSession({ ...created.value, config: {} }, options)).toMatchObject({
      error: { issues: [{ code: 'invalid_config', path: ['model'] }] },
    });
  });
});

it('takes a schema of arktype, which is a function', async () => {
  const arktype = pathToFileURL(require.resolve('arktype')).href;
  const script = `
    const { type } = await import(args[0]);
    const schema = type({ model: 'string', tokens: 'number > 0 = 100', 'tag?': 'string.trim', '+': 'delete' });
    const config = subject.validateConfigOptions({ schema, default: { model: 'small' } });
    const made = (given) => subject.createConfig(given, config);
    reply([made(), made({ tokens: 5, tag: ' a ', extra: 1 }), made({ model: 1, tokens: 0 })]);`;
  expect(await inChild('src/core/config-schema.ts', script, arktype)).toEqual([
    { ok: true, value: { model: 'small', tokens: 100 } },
    { ok: true, value: { model: 'small', tokens: 5, tag: 'a' } },
    {
      ok: false,
      error: [
        { code: 'invalid_config', path: ['model'], message: expect.stringContaining('model') },
        { code: 'invalid_config', path: ['tokens'], message: expect.stringContaining('tokens') },
      ],
    },
  ]);
});

describe('a schema that cannot be used is a programmer’s mistake', () => {
  const mistake =
    (schema: unknown, given: object = {}) =>
    () =>
      create({ schema: schema as StandardSchemaV1<unknown, object> }, given);

  it.each([5, null, 'zod', {}, () => 1, { '~standard': {} }, { '~standard': { version: 2, validate: () => ({}) } }])(
    'when it is %p',
    (schema) => {
      expect(mistake(schema)).toThrow(new RegExp('^config.schema must be a Standard Schema'));
      expect(() => validateConfigOptions({ schema: schema as never })).toThrow(TypeError);
    },
  );

  it.each<[string, StandardSchemaV1]>([
    ['zod', z.object({}).refine(async () => true)],
    ['valibot', v.objectAsync({})],
    ['hand', schemaOf(() => Promise.reject(new Error('late')))],
    ['hand, with any thenable', schemaOf(() => ({ then: () => {} }))],
  ])('when it is asynchronous, by %s', (_name, schema) => {
    expect(mistake(schema)).toThrow(new TypeError('config.schema must be synchronous, but it returned a promise'));
    expect(() => validateConfigOptions({ schema: schema as never })).toThrow(TypeError);
  });

  it.each<[string, StandardSchemaV1]>([
    ['refuses', z.object({ n: z.string().transform(Number) })],
    ['changes', schemaOf(({ n }) => ({ value: { n: `${n}!` } }))],
  ])('when it %s its own output', (_name, schema) => {
    expect(mistake(schema, { n: '1' })).toThrow(/^config.schema must accept its own output {"n":/);
    const config = { schema: schema as never, default: { n: '1' } };
    expect(() => validateConfigOptions(config)).toThrow(/^config.schema must accept its own output/);
  });
});

describe('a schema never breaks anything', () => {
  it('when it throws', () => {
    const schema = schemaOf(() => {
      throw new RangeError('boom');
    });
    expect(issuesOf(create({ schema }))).toEqual([{ code: 'invalid_config', message: 'RangeError: boom' }]);
  });

  it('when it changes what it is given', () => {
    const schema = schemaOf((value) => {
      value.extra = 1;
      return { value };
    });
    const base = { a: 1 };
    const given = { b: 1 };
    expect(create({ schema, default: base }, given)).toMatchObject({ value: { config: { a: 1, b: 1, extra: 1 } } });
    expect([base, given]).toEqual([{ a: 1 }, { b: 1 }]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'no'],
    ['no issue', { issues: [] }],
    ['issues that are none', { issues: 5 }],
    ['an issue that is none', { issues: [null] }],
    ['a path that is none', { issues: [{ message: 'm', path: [null] }] }],
    ['no value', {}],
    ['a Date', { value: new Date(0) }],
    ['an array', { value: [] }],
    ['a config that JSON would change', { value: { when: new Date(0) } }],
  ])('when it returns %s', (_name, answer) => {
    expect(issuesOf(create({ schema: schemaOf(() => answer) }))).toMatchObject([{ code: 'invalid_config' }]);
  });

  it('when an issue names its path by objects, or has none', () => {
    const schema = schemaOf(() => ({
      issues: [{ message: 'one', path: [{ key: 'a' }, 0] }, { message: 'two', path: [] }, { message: Symbol('three') }],
    }));
    expect(issuesOf(create({ schema }))).toEqual([
      { code: 'invalid_config', path: ['a', 0], message: 'one' },
      { code: 'invalid_config', message: 'two' },
      { code: 'invalid_config', message: 'Symbol(three)' },
    ]);
  });

  it('when the config does not survive JSON: it is not even asked', () => {
    const validate = jest.fn();
    expect(issuesOf(create({ schema: schemaOf(validate) }, { a: undefined }))).toHaveLength(1);
    expect(validate).not.toHaveBeenCalled();
  });
});

describe('what is stored', () => {
  it('keeps its identity where the schema finds nothing to change', () => {
    const before = create({}, { a: [1], b: 2 });
    if (!before.ok) throw before.error;
    const schema = z.record(z.string(), z.unknown());
    const after = configureSession(before.value, { b: 3 }, { config: { schema } });
    expect(after.ok && after.value.config).toEqual({ a: [1], b: 3 });
    expect(after.ok && after.value.config.a).toBe(before.value.config.a);
  });

  it('is checked twice only where the schema changed it', () => {
    const validate = jest.fn((value) => ({ value: { n: 1, ...value } }));
    create({ schema: schemaOf(validate) }, { n: 2 });
    expect(validate).toHaveBeenCalledTimes(1);
    create({ schema: schemaOf(validate) }, {});
    expect(validate).toHaveBeenCalledTimes(3);
  });
});

describe('options checked once', () => {
  it('are the same, with a default that is copied and frozen', () => {
    const base = { model: 'small', tools: ['web'] };
    const options = validateConfigOptions({ default: base });
    base.tools.push('shell');
    expect(options).toEqual({ default: { model: 'small', tools: ['web'] } });
    const created = create(options);
    expect(created.ok && created.value.config).toBe(options.default);
    expect(validateConfigOptions(options).default).toBe(options.default);
  });

  it('may be none', () => {
    expect(validateConfigOptions()).toEqual({});
    expect(validateConfigOptions({})).toEqual({});
  });

  it('keep the default as it was given, since what the schema makes of it depends on what is merged over it', () => {
    const schema = schemaOf(({ kind, tokens }) => ({ value: { kind, tokens: tokens ?? (kind === 'big' ? 100 : 1) } }));
    const options = validateConfigOptions({ schema, default: { kind: 'small' } });
    expect(create(options, { kind: 'big' })).toMatchObject({ value: { config: { kind: 'big', tokens: 100 } } });
  });

  it('may have a schema that asks for more than nothing, where there is no default', () => {
    const schema = z.object({ model: z.string() });
    expect(validateConfigOptions({ schema })).toEqual({ schema });
    expect(issuesOf(create({ schema }))).toMatchObject([{ path: ['model'] }]);
  });

  it.each<[unknown, RegExp]>([
    [null, /^config must be an object, not null/],
    [5, /^config must be an object, not 5/],
    [{ default: 5 }, /^config.default must survive JSON, but config must be an object, not 5/],
    [{ default: { a: new Date(0) } }, /^config.default must survive JSON, but config.a is an instance of Date/],
    [{ default: {}, schema: z.object({ model: z.string() }) }, /^config.default is refused by config.schema: /],
    [{ default: { d: 0 }, schema: z.object({ d: z.coerce.date() }) }, /^config.default is refused .*instance of Date/],
  ])('are a programmer’s mistake when they are %j', (options, message) => {
    expect(() => validateConfigOptions(options as never)).toThrow(TypeError);
    expect(() => validateConfigOptions(options as never)).toThrow(message);
  });
});
