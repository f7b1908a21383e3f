import fc from 'fast-check';
import { Lines } from '../src/node/lines.ts';

type Told = [line: string, isCut: boolean];

const bytes = (...values: number[]) => Buffer.from(values);

/** What is told of chunks, one after the other. */
function linesOf(chunks: readonly Buffer[], maxLength = 1_000): Told[] {
  const told: Told[] = [];
  const lines = new Lines(maxLength, (line, isCut) => told.push([line, isCut]));
  for (const chunk of chunks) lines.push(chunk);
  lines.end();
  return told;
}

const textsOf = (...chunks: readonly (string | Buffer)[]): string[] =>
  linesOf(chunks.map((chunk) => Buffer.from(chunk as string))).map(([line]) => line);

/** The same bytes, cut at those places. */
function cutAt(text: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, i) => text.subarray(ends[i - 1] ?? 0, end));
}

/** What is to be told of a whole text, said in another way. */
function expected(text: Buffer, maxLength: number): Told[] {
  const parts = text.toString('utf8').split('\n');
  const last = parts.pop()!;
  // A carriage return belongs to the break only where there is one, or where everything ends.
  return [...parts, ...(last === '' ? [] : [last])].map((part): Told => {
    const line = part.replace(/\r$/, '');
    if (line.length <= maxLength) return [line, false];
    const isHalved = /[\ud800-\udbff]$/.test(line.slice(0, maxLength));
    return [line.slice(0, isHalved ? maxLength - 1 : maxLength), true];
  });
}

const snippets = ['', 'a', 'line', '\n', '\r\n', '\r', 'é', '€', '😀', '\ufeff', '\0', '\u2028'].map((s) =>
  Buffer.from(s),
);
// Too long, too short, half a surrogate, a stray continuation, what is never a byte of UTF-8.
const broken = [
  bytes(0xff),
  bytes(0xe2, 0x82),
  bytes(0xf0, 0x9f, 0x98),
  bytes(0xed, 0xa0, 0x80),
  bytes(0x80),
  bytes(0xc0),
];

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...snippets),
      fc.constantFrom(...broken),
      fc.string().map((s) => Buffer.from(s)),
    ),
  )
  .map((parts) => Buffer.concat(parts));
const anyPlaces = fc.array(fc.nat());
const anyLength = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(1_000));

describe('Lines', () => {
  it('are the same however the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(anyText, anyPlaces, anyLength, (text, places, maxLength) => {
        expect(linesOf(cutAt(text, places), maxLength)).toEqual(expected(text, maxLength));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are the same when the bytes come one by one', () => {
    fc.assert(
      fc.property(anyText, anyLength, (text, maxLength) => {
        const chunks = [...text].map((byte) => bytes(byte));
        expect(linesOf(chunks, maxLength)).toEqual(linesOf([text], maxLength));
      }),
    );
  });

  it('never keep more than the longest line, and one character for a carriage return', () => {
    fc.assert(
      fc.property(anyText, anyPlaces, anyLength, (text, places, maxLength) => {
        const lines = new Lines(maxLength, () => {});
        for (const chunk of cutAt(text, places)) {
          lines.push(chunk);
          expect((lines as unknown as { partial: string }).partial.length).toBeLessThanOrEqual(maxLength + 1);
        }
      }),
    );
  });

  it('end with a line feed, or one that a carriage return precedes', () => {
    expect(textsOf('a\nb\r\n\nc\rd\r\r\n')).toEqual(['a', 'b', '', 'c\rd\r']);
  });

  it('may end with a carriage return in one chunk and a line feed in the next', () => {
    expect(textsOf('a\r', '\nb\r', 'c\n')).toEqual(['a', 'b\rc']);
  });

  it('need no line break at the end', () => {
    expect(textsOf('a\nb')).toEqual(['a', 'b']);
    expect(textsOf('a\n')).toEqual(['a']);
    expect(textsOf('\n')).toEqual(['']);
    expect(textsOf()).toEqual([]);
  });

  it('are told as soon as they are complete', () => {
    const told: string[] = [];
    const lines = new Lines(10, (line) => told.push(line));
    lines.push(Buffer.from('one\ntw'));
    expect(told).toEqual(['one']);
    lines.push(Buffer.from('o\n'));
    expect(told).toEqual(['one', 'two']);
  });

  it('keep a mark of byte order, and replace what is no UTF-8', () => {
    expect(textsOf('\ufeffa\n\ufeffb')).toEqual(['\ufeffa', '\ufeffb']);
    expect(textsOf(bytes(0x61, 0xff, 0x62, 0x0a, 0xe2, 0x82))).toEqual(['a\ufffdb', '\ufffd']);
  });

  it('are put together of characters that were cut in any way', () => {
    const smile = Buffer.from('😀');
    for (const place of [1, 2, 3]) expect(textsOf(smile.subarray(0, place), smile.subarray(place))).toEqual(['😀']);
  });

  it.each<[text: string, told: Told[]]>([
    ['abcd\n', [['abcd', false]]],
    ['abcd\r\n', [['abcd', false]]],
    ['abcd', [['abcd', false]]],
    ['abcde\n', [['abcd', true]]],
    ['abcd\re\n', [['abcd', true]]],
    ['abc😀\n', [['abc', true]]],
    ['ab😀\n', [['ab😀', false]]],
    ['😀😀😀\n', [['😀😀', true]]],
  ])('of at most 4 characters, %j, no character is halved, and the rest is left out', (text, told) => {
    expect(linesOf([Buffer.from(text)], 4)).toEqual(told);
  });

  it('of one character have room for none that takes two', () => {
    expect(linesOf([Buffer.from('😀\na\n')], 1)).toEqual([
      ['', true],
      ['a', false],
    ]);
  });
});
