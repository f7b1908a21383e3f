import type { SupervisionError } from '../../src/index.ts';
import { forget } from './kept-sessions.ts';
import { commandHelp } from './parse-command.ts';
import type { Command } from './parse-command.ts';
import { refusalOf } from './refusal-of.ts';
import type { Work } from './work.ts';

export interface Workbench {
  readonly work: Work;
  say(...lines: readonly string[]): void;
  open(directory: string): Promise<unknown>;
  quit(): void;
}

/** Does what a command asks for; gives the host's refusal, if it refuses. */
export async function runCommand(command: Command, workbench: Workbench): Promise<SupervisionError | undefined> {
  const { work, say } = workbench;
  const { host } = work;
  switch (command.type) {
    case 'open':
      return void (await workbench.open(command.directory));
    case 'list':
      return void say(...work.lines(), `${host.count()} of at most ${host.maxSessions} sessions`);
    case 'help':
      return void say(commandHelp(work.commands));
    case 'quit':
      return void workbench.quit();
    default:
      return changeSession(command, workbench);
  }
}

type SessionCommand = Extract<Command, { readonly session: string }>;

async function changeSession(command: SessionCommand, { work, say }: Workbench): Promise<SupervisionError | undefined> {
  const { host, commands } = work;
  const byId = host.lookup(command.session);
  const found = byId.ok ? byId : host.lookupByName(command.session);
  if (!found.ok) {
    const forgotten = command.type === 'close' ? await forget(host, command.session) : undefined;
    if (forgotten?.ok) say(`${command.session} is forgotten`);
    return forgotten === undefined ? found.error : refusalOf<SupervisionError>(forgotten);
  }
  const { id } = found.value;
  switch (command.type) {
    case 'close':
      return refusalOf(await host.stopSession(id));
    case 'rename':
      return refusalOf(await host.renameSession(id, command.name));
    default:
      return (await commands[command.type]?.(id, say)) ?? undefined;
  }
}
