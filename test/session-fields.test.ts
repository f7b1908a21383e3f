import fc from 'fast-check';
import { configureSession, createSession, renameSession } from '../src/core/session.ts';
import { at, codes, made } from './support/sessions.ts';

describe('the default name', () => {
  it.each([
    ['/home/me/shop', 'shop'],
    ['/home/me/My shop', 'My shop'],
    ['/', 'session'],
    ['/home/   ', 'session'],
    ['/home/\n\t', 'session'],
    ['/home/a\nb\u2028c\u0085d\u007f', 'a b c d '],
    [`/home/${'x'.repeat(60)}`, 'x'.repeat(50)],
    [`/home/${'x'.repeat(49)}😀y`, `${'x'.repeat(49)}😀`],
    [`/home/x${'😀'.repeat(60)}`, `x${'😀'.repeat(49)}`],
    ['C:\\work\\shop', 'shop'],
    ['C:\\', 'session'],
    ['\\\\server\\share', 'share'],
    ['/home/a\\b', 'a\\b'],
  ])('of %j is %j', (projectPath, name) => {
    expect(made({ projectPath }).name).toBe(name);
  });

  it('is valid for every path that is', () => {
    const unit = fc.constantFrom('a', '😀', ' ', '\n', '\u2029', '\u0090', '\\', '.', 'é');
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 120 }), (segment) => {
        fc.pre(segment !== '.' && segment !== '..');
        const { name } = made({ projectPath: `/${segment}` });
        expect(() => encodeURIComponent(name)).not.toThrow();
        expect(name.trim()).not.toBe('');
      }),
    );
  });
});

describe('an id', () => {
  it.each(['a', '0', 'A.b_c-d', '-', '_x', 'a..b', 'x'.repeat(128)])('may be %j', (id) => {
    expect(made({ id }).id).toBe(id);
  });

  it.each(['', '.', '..', '.a', 'a b', 'a/b', 'a\n', 'é', 'x'.repeat(129), 'x'.repeat(1e6), null, 7, {}, ['a']])(
    'is not %j',
    (id) => {
      expect(codes(createSession({ projectPath: '/a', id: id as string }))).toEqual(['invalid_id']);
    },
  );

  it('is refused when generateId makes nonsense or throws', () => {
    const generate = (generateId: unknown) =>
      createSession({ projectPath: '/a' }, { generateId: generateId as () => string });
    expect(codes(generate(() => 'no good'))).toEqual(['invalid_id']);
    expect(codes(generate(() => undefined))).toEqual(['invalid_id']);
    expect(codes(generate('none'))).toEqual(['invalid_id']);
    const thrown = generate(() => {
      throw new Error('out of ids');
    });
    expect(codes(thrown)).toEqual(['invalid_id']);
    expect(!thrown.ok && thrown.error.message).toContain('out of ids');
  });

  it('is not generated where one is given', () => {
    const generateId = jest.fn();
    made({ id: 'mine' }, { generateId });
    expect(generateId).not.toHaveBeenCalled();
  });
});

describe('a name', () => {
  it.each(['x', ' x ', 'x'.repeat(50), '😀'.repeat(50), '日本', '👨‍👩‍👧', '.'])('may be %j', (name) => {
    expect(made({ name }).name).toBe(name);
  });

  it.each<[unknown, string[]]>([
    ['', ['invalid_name']],
    [' \u00a0\u3000', ['invalid_name']],
    ['a\nb', ['invalid_name']],
    ['a\0', ['invalid_name']],
    ['\u007f', ['invalid_name']],
    ['a\u009f', ['invalid_name']],
    ['a\u2028', ['invalid_name']],
    ['a\ud800', ['invalid_name']],
    [null, ['invalid_name']],
    [['a'], ['invalid_name']],
    ['x'.repeat(51), ['name_too_long']],
    ['😀'.repeat(51), ['name_too_long']],
    ['x'.repeat(1e6), ['name_too_long']],
    ['\n'.repeat(51), ['invalid_name', 'name_too_long']],
  ])('%j is refused', (name, issues) => {
    expect(codes(createSession({ projectPath: '/a', name: name as string }))).toEqual(issues);
    expect(codes(renameSession(made(), name as string))).toEqual(issues);
  });

  it('is required for a rename', () => {
    expect(codes(renameSession(made(), undefined as never))).toEqual(['invalid_name']);
  });
});

describe('a project path', () => {
  it.each<[unknown, string[]]>([
    [undefined, ['invalid_project_path']],
    [null, ['invalid_project_path']],
    ['', ['invalid_project_path']],
    ['/a\0', ['invalid_project_path']],
    ['/a/', ['invalid_project_path']],
    ['/a//b', ['invalid_project_path']],
    ['/a/./b', ['invalid_project_path']],
    ['/a/../b', ['invalid_project_path']],
    ['/\udc00', ['invalid_project_path']],
    [`/${'a'.repeat(5000)}`, ['invalid_project_path']],
    ['c:\\a', ['invalid_project_path']],
    ['C:/a', ['invalid_project_path']],
    ['a', ['path_not_absolute']],
    ['foo..bar/b', ['path_not_absolute']],
    ['a//b', ['invalid_project_path', 'path_not_absolute']],
    ['../a', ['invalid_project_path', 'path_not_absolute']],
  ])('%j is refused', (projectPath, issues) => {
    expect(codes(createSession({ projectPath: projectPath as string }))).toEqual(issues);
  });

  it.each(['/', '/a/foo..bar', '/a/...', '/a\\b', 'C:\\', 'C:\\a', '\\\\server\\share\\a'])(
    'may be %j',
    (projectPath) => {
      expect(made({ projectPath }).projectPath).toBe(projectPath);
    },
  );
});

describe('the clock', () => {
  it('may have fractions, which are cut off', () => {
    expect(made({}, at(1234.9)).createdAt).toBe(1234);
    expect(made({}, at(0)).createdAt).toBe(0);
  });

  it.each([NaN, Infinity, -1, -0.5, 2 ** 53, '5', undefined, 5n])('gives no time by %p', (time) => {
    expect(codes(createSession({ projectPath: '/a' }, at(time)))).toEqual(['invalid_created_at']);
    expect(codes(renameSession(made(), 'x', at(time)))).toEqual(['invalid_updated_at']);
  });

  it('may throw, which is an issue like another', () => {
    const now = () => {
      throw new Error('no clock');
    };
    const created = createSession({ projectPath: '/a' }, { now });
    expect(codes(created)).toEqual(['invalid_created_at']);
    expect(!created.ok && created.error.message).toContain('no clock');
    expect(codes(configureSession(made(), {}, { now }))).toEqual(['invalid_updated_at']);
  });
});
