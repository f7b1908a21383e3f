import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

// It reads which groups there are, and outlives the host only to end them. Nothing that ends a terminal's jobs ends it.
const script = `
trap '' HUP INT TERM
groups=' '
while read -r act group; do
  case $act in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
living() {
  if [ -r /proc/self/stat ]; then
    for stat in /proc/[0-9]*/stat; do
      { read -r line < "$stat"; } 2> /dev/null || continue
      set -- \${line##*) }
      case $1$groups in
        [XZ]*) ;;
        *" $4 "*) echo "$3" ;;
      esac
    done
  else
    for group in $groups; do kill -s 0 -- "-$group" 2> /dev/null && echo "$group"; done
  fi
}
send() {
  for group in $(living); do kill -s "$1" -- "-$group"; done 2> /dev/null
}
wait_for_them() {
  tenths=$1
  while [ "$tenths" -gt 0 ] && [ -n "$(living)" ]; do
    sleep 0.1
    tenths=$((tenths - 1))
  done
}
send TERM
send CONT
wait_for_them 20
send KILL
wait_for_them 1
send KILL
`;

/**
 * Ends process groups when the host has died and cannot do it: by a signal that nobody can handle, or a crash. It is a
 * small shell that waits at a pipe from the host, which the system closes however the host dies. It then sends SIGTERM
 * and, two seconds later, SIGKILL to what is left. It runs only while there are groups to guard.
 */
class Guardian {
  private readonly groups = new Set<number>();
  private shell: ChildProcess | undefined;

  guard(group: number): void {
    this.groups.add(group);
    if (this.shell === undefined) this.start();
    else this.tell(`+ ${group}`);
  }

  release(group: number): void {
    if (!this.groups.delete(group)) return;
    if (this.groups.size > 0) return this.tell(`- ${group}`);
    this.tell(`- ${group}`);
    this.shell?.stdin?.end();
    this.shell = undefined;
  }

  private start(): void {
    const shell = spawn('/bin/sh', ['-c', script], { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] });
    this.shell = shell;
    // The host need not wait for it.
    shell.unref();
    (shell.stdin as unknown as { unref(): void }).unref();
    shell.stdin.on('error', () => {});
    // Somebody killed it: another takes its place.
    const gone = () => {
      if (shell !== this.shell) return;
      this.shell = undefined;
      if (this.groups.size > 0) this.start();
    };
    shell.on('exit', gone).on('error', () => {});
    for (const group of this.groups) this.tell(`+ ${group}`);
  }

  private tell(line: string): void {
    this.shell?.stdin?.write(`${line}\n`);
  }
}

export const guardian = new Guardian();
