import fs, { chmod, mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkDirectory } from '../src/directory/node.ts';
import { inChild } from './support/child.ts';

let root: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'xstate-supervisor-directory-')));
  await chmod(root, 0o755);
  await mkdir(join(root, 'shop/src'), { recursive: true });
  await writeFile(join(root, 'file'), '');
  await symlink(join(root, 'shop'), join(root, 'link'));
  await symlink('link', join(root, 'link-to-link'));
  await symlink('file', join(root, 'link-to-file'));
  await symlink('nowhere', join(root, 'dangling'));
  await symlink('loop-b', join(root, 'loop-a'));
  await symlink('loop-a', join(root, 'loop-b'));
});

afterAll(() => rm(root, { recursive: true }));

async function check(path: unknown, access: 'read' | 'write' = 'read'): Promise<string> {
  const checked = await checkDirectory(path, access);
  return checked.ok ? checked.value : checked.error.code;
}

describe('a directory', () => {
  it('has the path of the system', async () => {
    expect(await check(`${root}/shop`)).toBe(`${root}/shop`);
    expect(await check('/')).toBe('/');
  });

  it('has one path, by whatever name it is called', async () => {
    for (const name of [
      'shop',
      'shop/',
      '//shop',
      './shop/.',
      'shop//',
      'link',
      'link/',
      'link-to-link',
      './link/./',
    ]) {
      expect(await check(`${root}/${name}`)).toBe(`${root}/shop`);
    }
    for (const name of ['shop/src', 'link/src', 'link-to-link/src/']) {
      expect(await check(`${root}/${name}`)).toBe(`${root}/shop/src`);
    }
  });

  it.each(['foo..bar', '...', '..a', ' spaces ', 'a\\..\\b', 'new\nline', '日本', '😀', 'C:\\a'])(
    'may be called %j',
    async (name) => {
      await mkdir(join(root, 'names', name), { recursive: true });
      expect(await check(`${root}/names/${name}`)).toBe(`${root}/names/${name}`);
    },
  );

  it('is not the one whose name only looks the same', async () => {
    const names = ['caf\u00e9', 'cafe\u0301'];
    for (const name of names) await mkdir(join(root, 'forms', name), { recursive: true });
    // A file system that normalises names has one directory for both.
    const real = await readdir(join(root, 'forms'));
    const checked = await Promise.all(names.map((name) => check(`${root}/forms/${name}`)));
    expect(new Set(checked)).toEqual(new Set(real.map((name) => `${root}/forms/${name}`)));
  });

  it('is not written to when it is asked whether it may be', async () => {
    const path = join(root, 'shop');
    const before = await stat(path);
    expect(await check(path, 'write')).toBe(path);
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
    expect(await readdir(path)).toEqual(['src']);
  });
});

describe('a path is refused', () => {
  it.each([
    ['nowhere', 'path_not_found'],
    ['nowhere/at/all', 'path_not_found'],
    ['dangling', 'path_not_found'],
    ['loop-a', 'path_not_found'],
    ['loop-a/shop', 'path_not_found'],
    ['file', 'path_not_directory'],
    ['link-to-file', 'path_not_directory'],
    ['file/', 'path_not_directory'],
    ['file/shop', 'path_not_directory'],
    ['link-to-file/shop', 'path_not_directory'],
    ['x'.repeat(256), 'path_too_long'],
  ])('%s: %s', async (name, code) => {
    expect(await check(`${root}/${name}`)).toBe(code);
  });

  it('as it was given, with the error of the system', async () => {
    const path = `${root}/./dangling`;
    const checked = await checkDirectory(path, 'read');
    expect(checked).toMatchObject({ error: { projectPath: path, cause: { code: 'ENOENT' } } });
    expect(!checked.ok && checked.error.message).toBe(
      `The project path ${JSON.stringify(path)} cannot be found (ENOENT)`,
    );
    expect(await checkDirectory(`${root}/loop-a`, 'read')).toMatchObject({ error: { cause: { code: 'ELOOP' } } });
    expect(await checkDirectory(`${root}/file/a`, 'read')).toMatchObject({ error: { cause: { code: 'ENOTDIR' } } });
    const file = await checkDirectory(`${root}/file`, 'read');
    expect(!file.ok && 'cause' in file.error).toBe(false);
  });

  it.each<[unknown, string]>([
    [undefined, 'missing_project_path'],
    [null, 'invalid_project_path'],
    ['', 'invalid_project_path'],
    ['/tmp\0', 'invalid_project_path'],
    [`/${'x/'.repeat(2048)}`, 'path_too_long'],
    ['/tmp/../tmp', 'path_traversal_detected'],
    ['shop', 'path_not_absolute'],
    ['.', 'path_not_absolute'],
    ['~', 'path_not_absolute'],
    ['file:///tmp', 'path_not_absolute'],
  ])('%j: %s, at once', (path, code) => {
    expect(checkDirectory(path, 'read')).toMatchObject({ ok: false, error: { code } });
  });

  it('by what it is to this platform', () => {
    const checked = checkDirectory(process.platform === 'win32' ? 'shop' : 'C:\\shop', 'read');
    expect(checked).toMatchObject({ error: { code: 'path_not_absolute' } });
  });

  it('through a link and back: the text says so', async () => {
    expect(await check(`${root}/link/../file`)).toBe('path_traversal_detected');
  });

  it.each([
    ['EROFS', 'path_permission_denied'],
    ['EPERM', 'path_permission_denied'],
    ['ENOENT', 'path_not_found'],
    ['EIO', 'path_not_found'],
  ])('when the system says %s: %s', async (errno, code) => {
    const cause = Object.assign(new Error('from the system'), { code: errno });
    jest.spyOn(fs, 'access').mockRejectedValueOnce(cause);
    expect(await checkDirectory(`${root}/shop`, 'write')).toMatchObject({ error: { code, cause } });
  });

  it('and never with a rejection', async () => {
    const name = fc.string({
      unit: fc.constantFrom('/', '.', 'link', 'file', 'loop-a', 'é', '\0', '\\', 'x'.repeat(99)),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(name, fc.anything()), fc.constantFrom('read', 'write'), async (value, access) => {
        const path = typeof value === 'string' ? `${root}/${value}` : value;
        const checked = await checkDirectory(path, access);
        if (checked.ok) expect(await checkDirectory(checked.value, access as 'read')).toEqual(checked);
        else expect(checked.error.projectPath).toBe(path);
      }),
    );
  });
});

// Root may do everything, so another user asks.
describe('a directory that this user', () => {
  let answers: Record<string, string>;

  beforeAll(async () => {
    const modes = { open: 0o777, readable: 0o555, unreadable: 0o333, closed: 0o666, locked: 0o000 };
    for (const [name, mode] of Object.entries(modes)) {
      await mkdir(join(root, 'modes', name, 'inner'), { recursive: true });
      await chmod(join(root, 'modes', name, 'inner'), 0o777);
      await chmod(join(root, 'modes', name), mode);
    }
    await writeFile(join(root, 'modes/secret'), '', { mode: 0o000 });
    await symlink('locked', join(root, 'modes/link-to-locked'));
    const script = `
      if (process.getuid() === 0) {
        process.setgroups([]);
        process.setgid(65534);
        process.setuid(65534);
      }
      const answers = {};
      for (const question of args[1]) {
        const [name, access] = question.split(', ');
        const checked = await subject.checkDirectory(args[0] + '/' + name, access);
        answers[question] = checked.ok ? checked.value.slice(args[0].length + 1) : checked.error.code;
        if (checked.error?.cause) answers[question] += ' ' + checked.error.cause.code;
      }
      reply(answers);`;
    const names = [
      ...Object.keys(modes),
      'secret',
      'link-to-locked',
      'locked/inner',
      'closed/inner',
      'unreadable/inner',
    ];
    const questions = names.flatMap((name) => [`${name}, read`, `${name}, write`]);
    const directory = join(root, 'modes');
    answers = (await inChild('src/directory/node.ts', script, directory, questions)) as typeof answers;
  });

  afterAll(async () => {
    for (const name of await readdir(join(root, 'modes'))) {
      if (!name.startsWith('link')) await chmod(join(root, 'modes', name), 0o700);
    }
  });

  it.each([
    ['may use', 'open, read', 'open'],
    ['may use and write', 'open, write', 'open'],
    ['may use but not write', 'readable, read', 'readable'],
    ['may not write', 'readable, write', 'path_permission_denied EACCES'],
    ['may not read', 'unreadable, read', 'path_permission_denied EACCES'],
    ['may write but not read', 'unreadable, write', 'path_permission_denied EACCES'],
    ['may not enter', 'closed, read', 'path_permission_denied EACCES'],
    ['may do nothing with', 'locked, read', 'path_permission_denied EACCES'],
    ['may do nothing with, by a link', 'link-to-locked, read', 'path_permission_denied EACCES'],
    ['cannot reach', 'locked/inner, read', 'path_permission_denied EACCES'],
    ['cannot reach, although it sees it', 'closed/inner, read', 'path_permission_denied EACCES'],
    ['can reach through one that it cannot read', 'unreadable/inner, read', 'unreadable/inner'],
    ['may not read, being a file', 'secret, read', 'path_not_directory'],
  ])('%s (%s) is %s', (_what, question, answer) => {
    expect(answers[question]).toBe(answer);
  });
});
