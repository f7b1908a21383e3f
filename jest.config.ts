import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  moduleNameMapper: {
    '^#directory$': '<rootDir>/src/directory/node.ts',
  },
  transform: {
    // Types are checked by `tsc --noEmit`, once, before the tests run.
    '^.+\\.tsx?$': ['ts-jest', { tsconfig: { module: 'commonjs', rewriteRelativeImportExtensions: false, jsx: 'react-jsx' }, diagnostics: false }],
  },
};

export default config;
