import type { SupervisionError } from '../../src/index.ts';
import { sessionLine } from './event-line.ts';
import { commandHelp } from './parse-command.ts';
import type { Command } from './parse-command.ts';
import type { ProjectHost, SessionView } from './session-views.ts';

export interface Workbench {
  readonly host: ProjectHost;
  sessions(): readonly SessionView[];
  say(line: string): void;
  open(directory: string): Promise<unknown>;
  quit(): void;
}

/** Does what a command asks for; gives the host's refusal, if it refuses. */
export async function runCommand(command: Command, workbench: Workbench): Promise<SupervisionError | undefined> {
  const { host, say } = workbench;
  switch (command.type) {
    case 'open':
      return void (await workbench.open(command.directory));
    case 'list':
      for (const session of workbench.sessions()) say(sessionLine(session));
      return void say(`${host.count()} of at most ${host.maxSessions} sessions`);
    case 'help':
      return void say(commandHelp);
    case 'quit':
      return void workbench.quit();
    default:
      return changeSession(command, host);
  }
}

type SessionCommand = Extract<Command, { readonly session: string }>;

async function changeSession(command: SessionCommand, host: ProjectHost): Promise<SupervisionError | undefined> {
  const byId = host.lookup(command.session);
  const found = byId.ok ? byId : host.lookupByName(command.session);
  if (!found.ok) return found.error;
  const { id } = found.value;
  switch (command.type) {
    case 'close':
      return refusalOf(await host.stopSession(id));
    case 'restart':
      return refusalOf(await host.restartSession(id));
    case 'rename':
      return refusalOf(await host.renameSession(id, command.name));
    case 'crash':
      return void host.session(id)?.send({ type: 'project.crash' });
  }
}

const refusalOf = <E>(result: { readonly ok: true } | { readonly ok: false; readonly error: E }): E | undefined =>
  result.ok ? undefined : result.error;
