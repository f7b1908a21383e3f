import { execFile } from 'node:child_process';
import { basename } from 'node:path';

const timeoutMs = 120_000;

const recording = 'test/otp/golden.jsonl.gz';

// Every test of the rules but those that draw at random: a mutant is caught each time, and by the same.
const tests = [
  'plan',
  'plan-groups',
  'plan-limits',
  'plan-auto-shutdown',
  'plan-commands',
  'fate',
  'intensity',
  'backoff',
];

/**
 * Holds the rules of a copy of the project against the recording of OTP, and, if that shows nothing, the tests.
 *
 * @returns what shows that they are not OTP's, if anything does
 * @throws Error if either cannot be run
 */
export async function examine(directory: string): Promise<string | undefined> {
  return (await replay(directory)) ?? (await test(directory));
}

async function replay(directory: string): Promise<string | undefined> {
  const args = ['--import', 'tsx', 'scripts/otp-replay.ts', '--plan', recording];
  const { status, stdout, stderr } = await node(directory, args);
  if (status === 0) return undefined;
  const mismatches = /(\d+) mismatches\s*$/.exec(stdout)?.[1];
  if (status !== 1 || mismatches === undefined) throw new Error(`the replay fails (${status}): ${stderr}`);
  return `replay: ${mismatches} mismatches`;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function test(directory: string): Promise<string | undefined> {
  const files = tests.map((name) => `test/${name}.test.ts`);
  const args = ['node_modules/jest/bin/jest.js', '--json', '--runInBand', '--runTestsByPath', ...files];
  const { status, stdout, stderr } = await node(directory, args);
  if (status === 0) return undefined;
  const failures = (JSON.parse(stdout || '{"testResults":[]}') as Report).testResults.flatMap((file) =>
    file.assertionResults
      .filter((assertion) => assertion.status === 'failed')
      .map(({ fullName }) => `${basename(file.name)}: ${fullName}`),
  );
  if (failures.length === 0) throw new Error(`the tests fail to run (${status}): ${stderr}`);
  return failures.length === 1 ? failures[0] : `${failures[0]} (and ${failures.length - 1} more)`;
}

interface Outcome {
  /** `null` if it did not end in time: a fault may make the rules go round for ever. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function node(cwd: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd, maxBuffer: 1e8, timeout: timeoutMs }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}
