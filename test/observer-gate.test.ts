import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { observe } from '../src/observer/index.ts';
import type { ObserveOptions } from '../src/observer/index.ts';
import { hostnameIn } from '../src/observer/server/loopback.ts';
import { counter } from './support/counter.ts';
import { cookieOf, portOf, serve } from './support/observer-client.ts';
import { openHost } from './support/open-host.ts';
import { closed, connected, request, sendRaw } from './support/raw-http.ts';
import type { RawAnswer } from './support/raw-http.ts';

// A machine that is busy with other tests takes its time.
jest.setTimeout(30_000);

type Authorize = NonNullable<ObserveOptions['auth']>;

const token = 'the-token-of-this-test';

/** An observer, and ways to ask it as anybody could. */
async function open(options: ObserveOptions = {}) {
  const { host, open: openSession, log } = openHost({ session: counter });
  await openSession('s1');
  const observer = await serve(host, { token, allowActions: true, ...options });
  const port = portOf(observer);
  const cookie = options.auth === undefined ? await cookieOf(observer) : undefined;
  const known = { host: `127.0.0.1:${port}`, cookie };
  type Headers = Record<string, string | string[] | undefined>;
  const ask = (target: string, headers: Headers = {}, method = 'GET', body = '') =>
    sendRaw(port, request(method, target, { ...known, ...headers }, body));
  const stop = (headers: Headers = {}) =>
    ask('/actions', { 'content-type': 'application/json', ...headers }, 'POST', '{"type":"stop","id":"s1"}');
  return { host, log, observer, port, cookie, ask, stop };
}

const security = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

function expectHardened({ headers }: RawAnswer): void {
  expect(Object.fromEntries(headers)).toMatchObject(security);
  expect(headers.get('cache-control')).toMatch(/^(no-store|private, no-cache)$/);
  for (const name of ['access-control-allow-origin', 'access-control-allow-credentials', 'server', 'x-powered-by']) {
    expect(headers.has(name)).toBe(false);
  }
}

describe('The token', () => {
  it('is exchanged for a cookie that no script and no other site has the use of, and shows no more', async () => {
    const { ask } = await open();
    const { status, headers, body } = await ask(`/?token=${token}`, { cookie: undefined });
    expect(status).toBe(303);
    expect(headers.get('location')).toBe('./');
    expect(headers.get('set-cookie')).toMatch(/^xstate-observer-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(headers.get('set-cookie')).not.toContain(token);
    expect(body).not.toContain(token);
  });

  it('is another each time, and has 192 bits', async () => {
    const urls = await Promise.all(
      Array.from({ length: 5 }, async () => (await serve(openHost({ session: counter }).host)).url),
    );
    const tokens = urls.map((url) => new URL(url).searchParams.get('token')!);
    expect(new Set(tokens).size).toBe(5);
    for (const one of tokens) expect(Buffer.from(one, 'base64url')).toHaveLength(24);
  });

  it.each([
    '/',
    '/?token=',
    '/?token=wrong-token-of-a-test1',
    `/?token=${token.slice(0, -1)}`,
    `/?token=${token}x`,
    `/?token=${token.toUpperCase()}`,
    `/?token=%20${token}`,
    `/?token=${'x'.repeat(5_000)}`,
    `/?Token=${token}`,
    `/?token=wrong&token=${token}`,
    `/?token[]=${token}`,
    `/?x=${token}`,
    `/#token=${token}`,
    `/events?token=${token}`,
    `/index.html?token=${token}`,
    `//?token=${token}`,
    `/;token=${token}`,
  ])('lets nobody in by GET %s', async (target) => {
    const { ask } = await open();
    const { status, headers } = await ask(target, { cookie: undefined });
    expect([400, 401]).toContain(status);
    expect(headers.has('set-cookie')).toBe(false);
  });

  it('lets nobody in by another method', async () => {
    const { ask, host } = await open();
    for (const method of ['POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE']) {
      const { status, headers } = await ask(`/?token=${token}`, { cookie: undefined }, method);
      expect([method, status, headers.has('set-cookie')]).toEqual([method, 401, false]);
    }
    expect(host.isRunning('s1')).toBe(true);
  });

  it.each(['/', '/events', '/watch', '/actions', '/nothing'])('is needed for %s, whatever is asked', async (path) => {
    const { ask } = await open();
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'TRACE']) {
      expect([method, (await ask(path, { cookie: undefined }, method)).status]).toEqual([method, 401]);
    }
  });
});

describe('The cookie', () => {
  it('is that of this observer, to the last letter', async () => {
    const { ask, cookie, port } = await open();
    const another = await open({ token: 'another-token-of-this-test' });
    const [, pass] = cookie!.split(/=(.*)/s) as [string, string];
    const [, foreign] = another.cookie!.split(/=(.*)/s) as [string, string];
    const name = `xstate-observer-${port}`;
    for (const wrong of [
      undefined,
      '',
      ';;;=;',
      name,
      `${name}=`,
      `${name}=${token}`,
      `${name}=${pass.slice(1)}`,
      `${name}=${pass}x`,
      `${name}="${pass}"`,
      `${name}=${foreign}`,
      `${name.toUpperCase()}=${pass}`,
      `x${name}=${pass}`,
      `xstate-observer-${another.port}=${pass}`,
      another.cookie,
    ]) {
      expect([wrong, (await ask('/', { cookie: wrong })).status]).toEqual([wrong, 401]);
    }
  });

  it('is found among others, before or behind one of the same name that somebody else has set', async () => {
    const { ask, cookie, port } = await open();
    const tossed = `xstate-observer-${port}=${'x'.repeat(43)}`;
    expect((await ask('/', { cookie: `a=1; ${cookie}; b=2` })).status).toBe(200);
    expect((await ask('/', { cookie: `${tossed}; ${cookie}` })).status).toBe(200);
    expect((await ask('/', { cookie: [tossed, cookie!] })).status).toBe(200);
  });
});

describe('The Host header', () => {
  it.each(['127.0.0.1', 'localhost', 'LocalHost', '[::1]', '127.8.9.1', '[0:0:0:0:0:0:0:1]'])(
    'may be %s, which is this machine, with any port',
    async (name) => {
      const { ask, port } = await open();
      for (const host of [name, `${name}:${port}`, `${name}:80`]) {
        expect([host, (await ask('/', { host })).status]).toEqual([host, 200]);
      }
    },
  );

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'localhost.',
    'evil-localhost',
    '127.0.0.1.nip.io',
    '127.0.0.1@evil.example',
    'evil.example@127.0.0.1',
    ':x@127.0.0.1',
    '127.0.0.1:80@evil.example',
    'evil.example#127.0.0.1',
    '127.0.0.1#.evil.example',
    '127.0.0.1/.evil.example',
    '127.0.0.1?.evil.example',
    '127.0.0.1\\.evil.example',
    '127.0.0.1,evil.example',
    '127.0.0.1 evil.example',
    '127.0.0.1:port',
    'http://127.0.0.1',
    '0.0.0.0',
    '[::]',
    '192.168.0.1',
    '10.0.0.1',
    '[fe80::1]',
    '[::ffff:8.8.8.8]',
    '[::1',
    '::1',
    '',
    ':',
    '*',
    'xn--',
  ])('is refused as %s, whatever else is right', async (name) => {
    const { ask, stop, host } = await open();
    expect((await ask('/', { host: name })).status).toBe(403);
    expect((await ask(`/?token=${token}`, { host: name, cookie: undefined })).status).toBe(403);
    expect((await stop({ host: name })).status).toBe(403);
    expect(host.isRunning('s1')).toBe(true);
  });

  it('is refused where there is none, or more than one', async () => {
    const { ask, port, cookie } = await open();
    expect((await ask('/', { host: undefined })).status).toBe(403);
    expect((await sendRaw(port, `GET / HTTP/1.0\r\ncookie: ${cookie}\r\n\r\n`)).status).toBe(403);
    expect((await ask('/', { host: ['127.0.0.1', 'evil.example'] })).status).toBe(403);
    expect((await ask('/', { host: ['evil.example', '127.0.0.1'] })).status).toBe(403);
  });

  it('may be a name that is allowed, however it is spelt', async () => {
    const { ask } = await open({ allowedHosts: ['Observer.Example'] });
    expect((await ask('/', { host: 'observer.example' })).status).toBe(200);
    expect((await ask('/', { host: 'OBSERVER.example:8443' })).status).toBe(200);
    expect((await ask('/', { host: 'x.observer.example' })).status).toBe(403);
    const origin = 'https://observer.example:8443';
    expect((await ask('/', { host: 'observer.example', origin })).status).toBe(200);
    expect((await ask('/', { host: 'observer.example', origin: 'https://x.example' })).status).toBe(403);
  });

  it.each(['a.b:1', '[::1]:1'])('has a name, without the port, in %s', (host) => {
    expect(hostnameIn(host)).toBe(host === 'a.b:1' ? 'a.b' : '::1');
  });
});

describe('Another site', () => {
  const origins = (port: number) => [
    'null',
    'http://evil.example',
    `http://evil.example:${port}`,
    `http://127.0.0.1:${port + 1}`,
    'http://127.0.0.1',
    `https://127.0.0.1:${port}`,
    `http://127.0.0.1:${port}.evil.example`,
    `http://evil@127.0.0.1:${port}`,
    `http://127.0.0.1:${port}/`,
    `http://localhost:${port}`,
    'file://',
    'chrome-extension://abcdef',
    '',
  ];

  it('is told by Origin, and refused', async () => {
    const { ask, stop, host, port } = await open();
    for (const origin of origins(port)) {
      expect([origin, (await ask('/', { origin })).status]).toEqual([origin, 403]);
      expect([origin, (await ask('/events', { origin })).status]).toEqual([origin, 403]);
      expect([origin, (await stop({ origin })).status]).toEqual([origin, 403]);
    }
    expect(host.isRunning('s1')).toBe(true);
    expect((await stop({ origin: `http://127.0.0.1:${port}` })).status).toBe(200);
  });

  it.each(['cross-site', 'same-site', 'nonsense'])('is told by Sec-Fetch-Site: %s, and refused', async (site) => {
    const { ask, stop, host } = await open();
    const from = { 'sec-fetch-site': site };
    for (const mode of [undefined, 'no-cors', 'cors', 'same-origin', 'websocket']) {
      expect((await ask('/', { ...from, 'sec-fetch-mode': mode })).status).toBe(403);
      expect((await ask('/events', { ...from, 'sec-fetch-mode': mode })).status).toBe(403);
      expect((await stop({ ...from, 'sec-fetch-mode': mode })).status).toBe(403);
    }
    // Only the page itself may be linked to.
    expect((await ask('/', { ...from, 'sec-fetch-mode': 'navigate' })).status).toBe(200);
    expect((await ask('/events', { ...from, 'sec-fetch-mode': 'navigate' })).status).toBe(403);
    expect((await stop({ ...from, 'sec-fetch-mode': 'navigate' })).status).toBe(403);
    expect(host.isRunning('s1')).toBe(true);
  });

  it('is none where the page itself asks, or the address bar', async () => {
    const { ask } = await open();
    expect((await ask('/', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' })).status).toBe(200);
    expect((await ask('/', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; x=application/json',
    'application/json-of-sorts',
    '',
    undefined,
  ])('cannot post what a form can: %s', async (type) => {
    const { stop, host } = await open();
    expect((await stop({ 'content-type': type })).status).toBe(415);
    expect(host.isRunning('s1')).toBe(true);
  });

  it('is told nothing by a preflight', async () => {
    const { ask, port } = await open();
    const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    expect((await ask('/actions', { ...preflight, origin: 'http://evil.example' }, 'OPTIONS')).status).toBe(403);
    const own = await ask('/actions', { ...preflight, origin: `http://127.0.0.1:${port}` }, 'OPTIONS');
    expect(own.status).toBe(405);
    expectHardened(own);
  });
});

describe('What is asked', () => {
  it.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])('is not done by %s', async (method) => {
    const { ask } = await open();
    for (const path of ['/', '/events', '/actions', '/watch']) {
      const { status, headers, body } = await ask(path, { 'x-secret': 'echo' }, method);
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
      expect(body).not.toContain('echo');
    }
  });

  it.each([
    '/../package.json',
    '/../../../../../../etc/passwd',
    '/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/package.json',
    '/%2e%2e%2fpackage.json',
    '/..\\..\\package.json',
    '/%5c..%5cpackage.json',
    '/..%5cpackage.json',
    '/....//package.json',
    '/assets/../../package.json',
    '/assets/..%00/package.json',
    '/%00',
    '/%',
    '/%zz',
    '/.git/config',
    '/package.json',
    '//etc/passwd',
    '//evil.example/',
    '///',
    '/__proto__',
    '/constructor',
    '/events/',
    '/EVENTS',
    '/file:///etc/passwd',
  ])('is a file of the page or nothing: %s', async (target) => {
    const { ask } = await open();
    const answer = await ask(target);
    // One that could be read in two ways is none.
    const isPlain = new URL(`http://x${target}`).pathname === target;
    expect(answer.status).toBe(isPlain ? 404 : 400);
    expect(answer.body).toContain(isPlain ? 'There is no such file.' : 'That is no path.');
    expectHardened(answer);
  });

  it.each(['http://evil.example/', 'http://127.0.0.1/events', 'file:///etc/passwd', '*', 'etc/passwd', '\\..\\x'])(
    'is a path, and not %s',
    async (target) => {
      const { ask } = await open();
      const { status, body } = await ask(target);
      expect(status).toBe(400);
      expect(body).not.toContain('root:');
    },
  );

  it('makes no tunnel, and speaks no other protocol', async () => {
    const { ask, port, cookie } = await open();
    expect(
      (await sendRaw(port, `CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${cookie}\r\n\r\n`)).status,
    ).toBe(0);
    const upgrade = { connection: 'close, upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    expect((await ask('/nothing', upgrade)).status).toBe(404);
  });

  it('is answered with all that keeps a browser safe, however it turns out', async () => {
    const { ask, stop, port, cookie } = await open();
    const answers = [
      await ask('/'),
      await ask('/', {}, 'HEAD'),
      await ask('/events', {}, 'HEAD'),
      await ask(`/?token=${token}`),
      await ask('/', { cookie: undefined }),
      await ask('/', { host: 'evil.example' }),
      await ask('/', { expect: 'miracles' }),
      await ask('/nothing'),
      await ask('nothing'),
      await ask('/', {}, 'PUT'),
      await ask('/', { 'x-long': 'x'.repeat(70_000) }),
      await stop(),
      await stop({ 'content-type': 'text/plain' }),
      await sendRaw(port, 'nonsense\r\n\r\n'),
      await sendRaw(port, `GET / HTTP/1.1\r\ncookie: ${cookie}\r\nbad header\r\n\r\n`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 200, 303, 401, 403, 417, 404, 400, 405, 431, 200, 415, 400, 400,
    ]);
    answers.forEach(expectHardened);
  });
});

describe('The page', () => {
  it('has no inline script and no inline style, and loads nothing from elsewhere', async () => {
    const { ask } = await open();
    const { body, headers } = await ask('/');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(body).toMatch(/<script [^>]*src="/);
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)/i);
    expect(body).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|<base|<iframe|<meta[^>]*http-equiv/i);
    const loaded = [...body.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, url]) => url!);
    expect(loaded.length).toBeGreaterThan(1);
    for (const url of loaded) {
      expect(url).toMatch(/^\.?\/?assets\//);
      expect((await ask(`/${url.replace(/^\.?\//, '')}`)).status).toBe(200);
    }
  });

  it('is sent anew only when it has changed', async () => {
    const { ask } = await open();
    const { headers } = await ask('/');
    const again = await ask('/', { 'if-none-match': headers.get('etag')! });
    expect([again.status, again.body]).toEqual([304, '']);
    expectHardened(again);
  });
});

describe('Beyond loopback', () => {
  it.each([
    '0.0.0.0',
    '::',
    '192.168.0.1',
    'example.com',
    '::ffff:127.0.0.1',
    '127.0.0.1.evil.example',
    '127.evil',
    'localhost.',
  ])('the hostname %s needs an auth', async (hostname) => {
    const refusal = await observe(openHost({ session: counter }).host, { hostname, token }).catch((error) => error);
    expect(refusal).toBeInstanceOf(TypeError);
    expect((refusal as Error).message).toMatch(/^auth must be a function/);
    expect((refusal as Error).message).toContain(hostname);
  });

  it.each(['127.0.0.1', '127.0.0.2', 'localhost'])('is not %s', async (hostname) => {
    await serve(openHost({ session: counter }).host, { hostname });
  });

  it('asks auth, and neither token nor cookie, by address and by names that are allowed', async () => {
    const auth: Authorize = ({ headers }) => headers.authorization === 'Basic right';
    const options = { hostname: '0.0.0.0', auth, allowedHosts: ['observer.example'] };
    const { ask, observer, port } = await open(options);
    expect(observer.url).toBe(`http://0.0.0.0:${port}/`);
    const right = { authorization: 'Basic right' };
    for (const host of ['127.0.0.1', '192.168.0.1:80', 'localhost', '[fe80::1]', 'observer.example', '0.0.0.0']) {
      expect([host, (await ask('/', { ...right, host })).status]).toEqual([host, 200]);
      expect([host, (await ask('/', { host })).status]).toEqual([host, 401]);
      expect([host, (await ask(`/?token=${token}`, { host })).status]).toEqual([host, 401]);
    }
    expect((await ask('/', { ...right, host: 'evil.example' })).status).toBe(403);
    expect((await ask('/', { ...right, origin: 'http://evil.example' })).status).toBe(403);
    const { headers } = await ask('/');
    expect(headers.get('www-authenticate')).toBe('Basic realm="observer", charset="UTF-8"');
  });
});

describe('An auth', () => {
  const answers: [string, Authorize, number][] = [
    ['true', () => true, 200],
    ['a promise of true', async () => true, 200],
    ['false', () => false, 401],
    ['a promise of false', async () => false, 401],
    ['undefined', () => undefined as never, 401],
    ['1', () => 1 as never, 401],
    ['"true"', () => 'true' as never, 401],
    ['an object', () => ({}) as never, 401],
    ['a promise of 1', async () => 1 as never, 401],
  ];
  it.each(answers)('that answers %s', async (_, auth, status) => {
    const { ask, stop, host } = await open({ auth });
    expect((await ask('/')).status).toBe(status);
    expect((await ask('/events', {}, 'HEAD')).status).toBe(status);
    expect((await stop()).status).toBe(status);
    expect(host.isRunning('s1')).toBe(status !== 200);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no auth today');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no auth today'))],
  ] as [string, Authorize][])('that %s is a no, and the host is told', async (_, auth) => {
    const { ask, log } = await open({ auth });
    const { status, body } = await ask('/');
    expect(status).toBe(401);
    expect(body).not.toContain('today');
    expect(log).toEqual(['the auth of the observer threw: Error: no auth today']);
  });

  it('that takes its time opens no stream for who has gone meanwhile', async () => {
    let answer!: (isAllowed: boolean) => void;
    let gone!: Promise<void>;
    const { port } = await open({
      auth: ({ socket }) => {
        gone = closed(socket as Socket);
        return new Promise((resolve) => (answer = resolve));
      },
    });
    const written = jest.spyOn(ServerResponse.prototype, 'writeHead');
    const socket = (await connected(port))!;
    socket.write(request('GET', '/events', { host: '127.0.0.1' }));
    while (gone === undefined) await new Promise(setImmediate);
    socket.destroy();
    await gone;
    answer(true);
    await new Promise(setImmediate);
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });
});
