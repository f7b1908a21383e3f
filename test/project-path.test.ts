import fc from 'fast-check';
import { checkProjectPath, isCanonicalPath } from '../src/core/project-path.ts';
import { checkDirectory } from '../src/directory/text.ts';

const codeOf = (path: unknown) => {
  const checked = checkProjectPath(path);
  return checked.ok ? `ok: ${checked.value}` : checked.error.code;
};

describe('what is refused', () => {
  it.each<[unknown, string]>([
    [undefined, 'missing_project_path'],
    [null, 'invalid_project_path'],
    [42, 'invalid_project_path'],
    [['/a'], 'invalid_project_path'],
    [new String('/a'), 'invalid_project_path'],
    ['', 'invalid_project_path'],
    ['/a\0b', 'invalid_project_path'],
    ['/a\ud800', 'invalid_project_path'],
    ['/a/../b', 'path_traversal_detected'],
    ['/..', 'path_traversal_detected'],
    ['../a', 'path_traversal_detected'],
    ['C:\\a\\..\\b', 'path_traversal_detected'],
    ['C:/a/../b', 'path_traversal_detected'],
    ['\\\\server\\share\\..', 'path_traversal_detected'],
    ['a', 'path_not_absolute'],
    ['./a', 'path_not_absolute'],
    ['~/a', 'path_not_absolute'],
    [' /a', 'path_not_absolute'],
    ['C:', 'path_not_absolute'],
    ['C:a', 'path_not_absolute'],
    ['\\a', 'path_not_absolute'],
    ['\\\\server', 'path_not_absolute'],
    ['\\\\server\\', 'path_not_absolute'],
    ['\\\\server\\.', 'path_not_absolute'],
    ['\\\\?\\C:\\a', 'path_not_absolute'],
    ['\\\\.\\C:\\a', 'path_not_absolute'],
    ['file:///a', 'path_not_absolute'],
  ])('%j is %s', (path, code) => {
    expect(codeOf(path)).toBe(code);
  });

  it('counts the bytes of a path, not its characters', () => {
    expect(codeOf(`/${'a'.repeat(4095)}`)).toMatch(/^ok/);
    expect(codeOf(`/${'a'.repeat(4096)}`)).toBe('path_too_long');
    expect(codeOf(`/${'é'.repeat(2047)}`)).toMatch(/^ok/);
    expect(codeOf(`/${'é'.repeat(2048)}`)).toBe('path_too_long');
    expect(codeOf(`/${'😀'.repeat(1024)}`)).toBe('path_too_long');
  });

  it('does not encode a huge path to learn that it is too long', () => {
    const encode = jest.spyOn(TextEncoder.prototype, 'encode');
    expect(codeOf('/a'.repeat(1_000_000))).toBe('path_too_long');
    expect(encode).not.toHaveBeenCalled();
    encode.mockRestore();
  });

  it('checks in the order of the contract', () => {
    const long = 'a/../'.repeat(1000);
    expect(codeOf(`${long}\0`)).toBe('invalid_project_path');
    expect(codeOf(long)).toBe('path_too_long');
    expect(codeOf('a/../b')).toBe('path_traversal_detected');
    expect(codeOf('a//b')).toBe('path_not_absolute');
  });

  it('gives back the path as it was given, and says it in a sentence', () => {
    const checked = checkProjectPath('./a');
    expect(checked).toMatchObject({ ok: false, error: { projectPath: './a' } });
    expect(!checked.ok && checked.error.message).toBe('The project path "./a" is not absolute');
  });

  it('cuts a long path in the message only', () => {
    const path = 'x'.repeat(4000);
    const checked = checkProjectPath(path);
    expect(!checked.ok && checked.error.projectPath).toBe(path);
    expect(!checked.ok && checked.error.message.length).toBeLessThan(200);
  });
});

describe('the canonical path', () => {
  it.each([
    ['/', '/'],
    ['//', '/'],
    ['/.', '/'],
    ['/a', '/a'],
    ['/a/', '/a'],
    ['//a///b//', '/a/b'],
    ['/a/./b/.', '/a/b'],
    ['/a b/ü', '/a b/ü'],
    ['/foo..bar', '/foo..bar'],
    ['/...', '/...'],
    ['/..a', '/..a'],
    ['/.a/b.', '/.a/b.'],
    ['/a\\..\\b', '/a\\..\\b'],
    ['/C:\\a', '/C:\\a'],
    ['C:\\', 'C:\\'],
    ['c:/', 'C:\\'],
    ['c:\\a\\\\b\\.\\', 'C:\\a\\b'],
    ['C:/a/b', 'C:\\a\\b'],
    ['C:\\foo..bar', 'C:\\foo..bar'],
    ['\\\\server\\share', '\\\\server\\share'],
    ['\\\\server/share//a/', '\\\\server\\share\\a'],
  ])('of %j is %j', (path, canonical) => {
    expect(codeOf(path)).toBe(`ok: ${canonical}`);
  });

  const path = fc.string({
    unit: fc.constantFrom('/', '\\', '.', '..', 'a', 'C:', 'é', '?', ' ', '\n', '\ud800', '\0'),
    maxLength: 20,
  });

  it('is its own canonical path', () => {
    fc.assert(
      fc.property(path, fc.constantFrom('', '/', 'C:\\', '\\\\s\\t\\'), (rest, root) => {
        const checked = checkProjectPath(root + rest);
        if (checked.ok) {
          expect(checkProjectPath(checked.value)).toEqual(checked);
          expect(isCanonicalPath(checked.value)).toBe(true);
        } else {
          expect(isCanonicalPath(root + rest)).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('has no segment that is empty, "." or ".."', () => {
    fc.assert(
      fc.property(path, (rest) => {
        const checked = checkProjectPath(`/${rest}`);
        if (!checked.ok || checked.value === '/') return;
        for (const segment of checked.value.slice(1).split('/')) expect(['', '.', '..']).not.toContain(segment);
      }),
      { numRuns: 2000 },
    );
  });
});

it('throws for no value', () => {
  const throwing = new Proxy(
    {},
    {
      get() {
        throw new Error('no');
      },
      getPrototypeOf() {
        throw new Error('no');
      },
    },
  );
  expect(codeOf(throwing)).toBe('invalid_project_path');
  fc.assert(
    fc.property(fc.anything({ withProxy: true } as object), (value) => {
      if (typeof value !== 'string') expect(checkProjectPath(value).ok).toBe(false);
    }),
  );
});

it('is all there is to check where there is no file system', () => {
  expect(checkDirectory('/no/such//directory/', 'write')).toEqual({ ok: true, value: '/no/such/directory' });
  expect(checkDirectory('no', 'read')).toMatchObject({ ok: false, error: { code: 'path_not_absolute' } });
});
