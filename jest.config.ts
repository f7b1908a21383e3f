import type { Config } from 'jest';

const config: Config = {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Much of the suite waits for processes that it started.
  maxWorkers: '100%',
  moduleNameMapper: { '^#directory$': '<rootDir>/src/directory/node.ts' },
  transform: {
    // It only takes the types away: `npm test` has `tsc` check them, once.
    '\\.ts$': [
      'ts-jest',
      { tsconfig: { module: 'commonjs', rewriteRelativeImportExtensions: false }, diagnostics: false },
    ],
  },
};

export default config;
