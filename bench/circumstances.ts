import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What the figures of a run are to be read with. */
export function circumstances() {
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
    peers: { xstate: versionOf('xstate'), nact: versionOf('nact'), effect: versionOf('effect'), elixir: elixir() },
  };
}

function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function elixir(): string | undefined {
  const { stdout } = spawnSync('elixir', ['--version'], { encoding: 'utf8' });
  const [, otp, version] = /Erlang\/OTP (\d+)[^]*Elixir ([\d.]+)/.exec(stdout ?? '') ?? [];
  return version === undefined ? undefined : `${version} (OTP ${otp})`;
}
