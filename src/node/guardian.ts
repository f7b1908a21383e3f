import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/** The environment variable by which a process is found whose host died as it started it. */
const startName = 'XSTATE_SUPERVISOR_START';

// It reads which groups there are, and outlives the host only to end them. Nothing that ends a terminal's jobs ends it.
const script = `
trap '' HUP INT TERM
groups=' '
for group; do groups="$groups$group "; done
start=
while read -r act word; do
  case $act in
    start) start=$word ;;
    guard) groups="$groups$word " start= ;;
    release) groups="\${groups%% $word *} \${groups#* $word }" ;;
    fail) start= ;;
  esac
done
find_started() {
  [ -n "$start" ] || return
  for environ in $(grep -lF -- "${startName}=$start" /proc/[0-9]*/environ); do
    read -r line < "\${environ%environ}stat" || continue
    set -- \${line##*) }
    case $groups in
      *" $4 "*) ;;
      *) groups="$groups$4 " ;;
    esac
  done
} 2> /dev/null
living() {
  if [ -r /proc/self/stat ]; then
    for stat in /proc/[0-9]*/stat; do
      read -r line < "$stat" || continue
      set -- \${line##*) }
      case $1$groups in
        [XZ]*) ;;
        *" $4 "*) echo "$3" ;;
      esac
    done
  else
    for group in $groups; do kill -s 0 -- "-$group" && echo "$group"; done
  fi
} 2> /dev/null
end() {
  for group in $(living); do
    case $asked in
      *" $group "*) ;;
      *)
        asked="$asked$group "
        kill -s TERM -- "-$group"
        kill -s CONT -- "-$group"
        ;;
    esac
  done
} 2> /dev/null
asked=' '
tenths=0
while [ "$tenths" -lt 20 ]; do
  find_started
  end
  [ -n "$start$(living)" ] || exit 0
  sleep 0.1
  tenths=$((tenths + 1))
done
for last in 1 2; do
  for group in $(living); do kill -s KILL -- "-$group"; done 2> /dev/null
  sleep 0.1
done
`;

/**
 * Ends process groups when the host has died and cannot do it: by a signal that nobody can handle, or a crash. It is a
 * small shell that waits at a pipe from the host, which the system closes however the host dies. It then sends SIGTERM
 * and, two seconds later, SIGKILL to what is left. It runs only while there are groups to guard.
 */
class Guardian {
  private readonly groups = new Set<number>();
  private readonly id = randomUUID();
  private starts = 0;
  private shell: ChildProcess | undefined;

  /**
   * A process is about to be started: should the host die before it is guarded, it is known by its environment.
   *
   * @returns the environment to start it with
   */
  expect(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
    if (this.shell === undefined) this.start();
    const start = `${this.id}.${++this.starts}.`;
    this.tell(`start ${start}`);
    // First, where it is found by a grep that stops at the first NUL.
    return Object.assign({ [startName]: start }, env, { [startName]: start });
  }

  /** It could not be started. */
  failed(): void {
    this.tell('fail');
    this.rest();
  }

  /** It is there. */
  guard(group: number): void {
    this.groups.add(group);
    this.tell(`guard ${group}`);
  }

  release(group: number): void {
    if (!this.groups.delete(group)) return;
    this.tell(`release ${group}`);
    this.rest();
  }

  private start(): void {
    // It knows them from the first: the host may die before it can tell.
    const args = ['-c', script, 'guardian', ...Array.from(this.groups, String)];
    const shell = spawn('/bin/sh', args, { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] });
    shell.on('error', () => {});
    // There is no room for it: the next process is another attempt.
    if (shell.pid === undefined) return;
    this.shell = shell;
    // The host need not wait for it.
    shell.unref();
    (shell.stdin as unknown as { unref(): void }).unref();
    shell.stdin.on('error', () => {});
    // Somebody killed it: another takes its place.
    shell.on('exit', () => {
      if (shell !== this.shell) return;
      this.shell = undefined;
      if (this.groups.size > 0) this.start();
    });
  }

  private rest(): void {
    if (this.groups.size > 0) return;
    this.shell?.stdin?.end();
    this.shell = undefined;
  }

  private tell(line: string): void {
    this.shell?.stdin?.write(`${line}\n`);
  }
}

export const guardian = new Guardian();
