import { defineConfig } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The order of the house: an import only ever points down this list, or stays within its row.
const house = [
  ['src/index.ts'],
  // The adapters: a folder each.
  ['src/!(core|directory|keeping|sessions|supervisor|xstate)/**'],
  ['src/host.ts', 'src/inspect.ts'],
  ['src/session-host.ts'],
  ['src/supervisor-of.ts'],
  ['machines/runtime.ts'],
  ['machines/sessions.ts'],
  ['machines/registry.ts'],
  ['machines/session-tree.ts', 'machines/dynamic-supervisor.ts'],
  ['machines/supervisor.ts'],
  ['src/sessions/sessions-actor.ts'],
  ['src/sessions/session-door.ts', 'src/sessions/awaited-sessions.ts'],
  ['src/sessions/supervised-session.ts'],
  [
    'src/sessions/session-birth.ts',
    'src/sessions/session-info.ts',
    'src/sessions/session-news.ts',
    'src/sessions/session-restarts.ts',
    'src/sessions/session-retry.ts',
    'src/sessions/session-state.ts',
  ],
  ['src/sessions/session-home.ts'],
  ['src/sessions/in-order.ts', 'src/sessions/registry-writer.ts'],
  ['src/supervisor/supervisor-actor.ts'],
  [
    'src/supervisor/supervision-line.ts',
    'src/supervisor/supervision-snapshot.ts',
    'src/supervisor/supervisor-options.ts',
  ],
  ['src/keeping/**'],
  ['src/ask.ts', 'src/commands.ts'],
  ['src/monitor.ts'],
  ['src/session-ref.ts'],
  ['src/start.ts'],
  ['src/readiness.ts'],
  ['src/incarnation.ts'],
  [
    'src/session-options.ts',
    'src/keeping-options.ts',
    'src/child-spec.ts',
    'src/session-input.ts',
    'src/reply-ref.ts',
    'src/from-task.ts',
  ],
  ['src/guarded.ts', 'src/reply.ts'],
  ['src/directory/**'],
  ['src/xstate/**'],
  ['src/logger.ts', 'src/logic.ts', 'src/shutdown.ts'],
  ['src/harmless.ts', 'src/diagnostics.ts'],
  ['src/memory-store.ts'],
  ['src/session-store.ts'],
  ['src/core/**'],
];
const frontDoor = { target: house[0], from: house[1], message: 'The front door opens on no adapter.' };
const upward = house.flatMap((target, row) =>
  house.slice(0, row).map((from) => ({ target, from, message: 'An import only points down the house.' })),
);

const asAny = { selector: 'TSAsExpression > TSAnyKeyword', message: 'Cast to what it is, with the reason beside it.' };

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.xstate-oldest/', '**/*.generated.ts'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    settings: { 'import-x/resolver-next': [createNodeResolver({ conditionNames: ['node', 'import', 'default'] })] },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-empty-object-type': ['error', { allowObjectTypes: 'always' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // XState types snapshots, events and systems of any actor as `any`.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // What was thrown is anything, and is told all the same.
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      // A method is taken off its object here to be called on it later, and `async` makes a throw a rejection.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: [frontDoor, ...upward] }],
      'no-restricted-syntax': ['error', asAny],
    },
  },
  {
    files: ['src/**', 'machines/**'],
    ignores: ['src/xstate/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        asAny,
        {
          selector: 'MemberExpression[computed=false][property.name=/^_/]:not([object.type="ThisExpression"])',
          message: 'What XState keeps to itself is touched in src/xstate only.',
        },
      ],
    },
  },
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'The core imports only the core.' }] },
      ],
    },
  },
  {
    files: ['src/**', 'machines/**'],
    ignores: house.flat(),
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'Give this file its place in the house, in eslint.config.js.' },
      ],
    },
  },
  {
    files: ['src/**', 'machines/**'],
    ignores: ['src/logger.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['test/**'],
    rules: {
      // Hosts do give asynchronous callbacks, and so do tests.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      'no-restricted-properties': [
        'error',
        ...['it', 'test', 'describe'].flatMap((object) =>
          ['only', 'skip', 'todo'].map((property) => ({ object, property, message: 'Every test runs.' })),
        ),
      ],
    },
  },
  { files: ['*.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
);
