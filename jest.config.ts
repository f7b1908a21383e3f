import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Config } from 'jest';

// Its package has no door for CommonJS, though it has the file.
const dagre = dirname(createRequire(join(process.cwd(), 'package.json')).resolve('@dagrejs/dagre/package.json'));

const config: Config = {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/test/end-to-end/'],
  // Much of the suite waits for processes that it started.
  maxWorkers: '100%',
  moduleNameMapper: {
    '^#directory$': '<rootDir>/src/directory/node.ts',
    '^@dagrejs/dagre$': join(dagre, 'dist/dagre.cjs'),
  },
  transform: {
    // It only takes the types away: `npm test` has `tsc` check them, once.
    '\\.ts$': [
      'ts-jest',
      { tsconfig: { module: 'commonjs', rewriteRelativeImportExtensions: false }, diagnostics: false },
    ],
  },
};

export default config;
