import type { Type } from 'arktype';
import * as valibot from 'valibot';
import { fromPromise, setup } from 'xstate';
import { z } from 'zod';
import { createSessionHost, sessionRuntime } from '../src/index.ts';
import type { Session, SessionHost } from '../src/index.ts';
import { counter } from './support/counter.ts';
import { openHost } from './support/open-host.ts';
import { compiles, same, typeOf } from './support/types.ts';

describe('The config of a session', () => {
  interface Config {
    model: string;
    depth: number;
  }

  it.each([
    ['zod', z.object({ model: z.string(), depth: z.number() })],
    ['valibot', valibot.object({ model: valibot.string(), depth: valibot.number() })],
  ])('is inferred from a schema of %s', async (_vendor, schema) => {
    const { host } = openHost({ session: counter, config: { schema } });
    const started = await host.startSession({ projectPath: '/p', config: { model: 'small', depth: 3 } });
    if (!started.ok) throw started.error;
    const { config, id } = started.value.session;
    expect(typeOf(config).is<{ model: string; depth: number }>()).toBe(true);
    await host.configureSession(id, { depth: 4 });
    expect(host.list()[0]!.config.depth satisfies number).toBe(4);
    compiles(() => {
      // @ts-expect-error the model is no number
      void host.startSession({ projectPath: '/p', config: { model: 5 } });
      // @ts-expect-error there is no such key
      void host.configureSession('a', { colour: 'red' });
      // @ts-expect-error the depth is no text
      host.send({ type: 'session.configure', id: 'a', config: { depth: 'deep' } });
      host.on('session.updated', ({ session }) => session.config.depth satisfies number);
    });
  });

  it('is inferred from a schema of each vendor alone', () => {
    const ofZod = z.object({ model: z.string() });
    const ofValibot = valibot.object({ model: valibot.string() });
    compiles((ofArktype: Type<{ model: string }>) => {
      const zodHost = createSessionHost({ session: counter, config: { schema: ofZod } });
      const valibotHost = createSessionHost({ session: counter, config: { schema: ofValibot } });
      const arktypeHost = createSessionHost({ session: counter, config: { schema: ofArktype } });
      type Expected = SessionHost<typeof counter, { model: string }>;
      typeOf(zodHost).is<Expected>();
      typeOf(valibotHost).is<Expected>();
      typeOf(arktypeHost).is<Expected>();
    });
  });

  it('is what the schema puts out, where that differs from what it takes', () => {
    const schema = z.object({ depth: z.number().default(1) });
    const { host } = openHost({ session: counter, config: { schema } });
    expect(typeOf(host).is<SessionHost<typeof counter, { depth: number }>>()).toBe(true);
  });

  it('is inferred from a default, and given by hand', () => {
    const { host } = openHost({ session: counter, config: { default: { model: 'small' } } });
    compiles(() => host.list()[0]!.config.model satisfies string);
    const byHand = openHost<typeof counter, { model: string }>({ session: counter }).host;
    compiles(() => byHand.list()[0]!.config.model satisfies string);
    compiles(() => {
      // @ts-expect-error the schema says otherwise
      openHost<typeof counter, Config>({ session: counter, config: { schema: z.object({ model: z.number() }) } });
    });
    expect(host.count() + byHand.count()).toBe(0);
  });

  it('is any JSON object where nothing is said about it', () => {
    const { host } = openHost({ session: counter });
    compiles(() => host.list()[0]!.config satisfies Record<string, unknown>);
    expect(same<Session, Session<Record<string, unknown>>>()).toBe(true);
  });
});

describe('The input of a session', () => {
  const greeter = setup({ types: { input: {} as { readonly name: string } } }).createMachine({});

  it('is made by a mapper that returns what the logic takes', () => {
    const { host } = openHost({ session: greeter, input: ({ session }) => ({ name: session.name }) });
    compiles(() => {
      // @ts-expect-error the name is no number
      createSessionHost({ session: greeter, input: ({ session }) => ({ name: session.createdAt }) });
      // @ts-expect-error there is no such field
      createSessionHost({ session: greeter, input: ({ session }) => ({ name: session.title }) });
    });
    expect(host.count()).toBe(0);
  });

  it('needs a mapper where the logic does not take { session }', () => {
    compiles(() => {
      // @ts-expect-error the logic takes a name
      createSessionHost({ session: greeter });
      // @ts-expect-error the logic takes a name
      sessionRuntime({ session: greeter });
      // @ts-expect-error the logic takes a name
      createSessionHost({ session: fromPromise(async ({ input }: { input: { name: string } }) => input.name) });
      createSessionHost({ session: counter });
      createSessionHost({
        session: fromPromise(async ({ input }: { input: { session: { name: string } } }) => input.session.name),
      });
    });
    expect(() => createSessionHost({ session: counter, input: 'name' as never })).toThrow('input must be a function');
  });

  it('has the config that the logic relies on, or needs a mapper', () => {
    const modelled = setup({
      types: { input: {} as { readonly session: Session<{ model: string }> } },
    }).createMachine({});
    const schema = z.object({ model: z.string() });
    const { host } = openHost({ session: modelled, config: { schema } });
    compiles(() => {
      // @ts-expect-error nothing says that the config has a model
      createSessionHost({ session: modelled });
      // @ts-expect-error it has none
      createSessionHost({ session: modelled, config: { schema: z.object({ depth: z.number() }) } });
      createSessionHost({
        session: modelled,
        config: { schema },
        input: ({ session }) => {
          session.config.model satisfies string;
          return { session };
        },
      });
    });
    expect(host.count()).toBe(0);
  });
});
