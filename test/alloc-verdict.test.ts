import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOf } from '../bench/alloc-verdict.ts';

describe('What an operation allocates', () => {
  it('may grow by a tenth', () => {
    expect(faultsOf({ start: 10_990 }, { start: 10_000 })).toEqual([]);
    expect(faultsOf({ start: 11_000 }, { start: 10_000 })).toEqual([]);
    expect(faultsOf({ start: 11_010, stop: 500 }, { start: 10_000, stop: 500 })).toEqual([
      'start allocates 11010 bytes, and should not more than 11000',
    ]);
  });

  it('may grow by 16 bytes, where it is small', () => {
    expect(faultsOf({ lookup: 56 }, { lookup: 40 })).toEqual([]);
    expect(faultsOf({ lookup: 57 }, { lookup: 40 })).toHaveLength(1);
  });

  it('may shrink', () => {
    expect(faultsOf({ start: 1 }, { start: 10_000 })).toEqual([]);
  });

  it('is at fault if there is nothing to compare with', () => {
    expect(faultsOf({ start: 1 }, undefined)).toHaveLength(1);
    expect(faultsOf({ start: 1 }, {})).toEqual(['start has no figure to compare with: --update writes it']);
    expect(faultsOf({}, { start: 1 })).toEqual(['start was not measured']);
    expect(faultsOf({ start: NaN }, { start: 1 })).toHaveLength(1);
  });

  it('has a figure for each operation and version of Node', () => {
    const all = JSON.parse(readFileSync(join(__dirname, '../bench/alloc.json'), 'utf8'));
    const operations = ['start', 'lookup', 'send', 'restart', 'stop', 'register', 'ask'];
    const figures = Object.fromEntries(operations.map((operation) => [operation, expect.any(Number)]));

    expect(Object.keys(all)).toEqual(expect.arrayContaining(['20', '22', '24']));
    for (const { supervised } of Object.values<Record<string, unknown>>(all)) expect(supervised).toEqual(figures);
  });
});
