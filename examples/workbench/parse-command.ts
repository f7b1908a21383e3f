import { ok, refused } from '../../src/index.ts';
import type { Result } from '../../src/index.ts';

/** `session` is a name or an id. */
export type Command =
  | { readonly type: 'open'; readonly directory: string }
  | { readonly type: 'close' | WorkCommand; readonly session: string }
  | { readonly type: 'rename'; readonly session: string; readonly name: string }
  | { readonly type: 'list' | 'quit' | 'help' };

/** It depends on what the sessions do whether there is such a command. */
export type WorkCommand = (typeof workCommands)[number];

const workCommands = ['restart', 'crash', 'logs'] as const;

const operands = {
  open: ['DIR'],
  close: ['NAME'],
  rename: ['NAME', 'NEW'],
  restart: ['NAME'],
  crash: ['NAME'],
  logs: ['NAME'],
  list: [],
  quit: [],
  help: [],
} as const;

type Able = Readonly<Partial<Record<WorkCommand, unknown>>>;

/** @param able has the commands that there are besides those for any session */
export function commandHelp(able: Able): string {
  const usages = Object.entries(operands)
    .filter(([type]) => isCommand(type, able) && type !== 'help')
    .map((words) => words.flat().join(' '));
  return `Commands: ${usages.join(', ')}. NAME is a name or an id; quote what has spaces.`;
}

/**
 * What a line asks for; nothing if it is blank.
 *
 * @param able has the commands that there are besides those for any session
 */
export function parseCommand(line: string, able: Able): Result<Command | undefined, string> {
  const words = splitWords(line);
  if (words === undefined) return refused(`A quote is not closed in: ${line.trim()}`);
  const [type, first = '', second = ''] = words;
  if (type === undefined) return ok(undefined);
  if (!isCommand(type, able)) return refused(`Unknown command '${type}'. ${commandHelp(able)}`);
  if (words.length !== operands[type].length + 1) {
    return refused(`It is: ${[type, ...operands[type]].join(' ')}. Quote what has spaces.`);
  }
  switch (type) {
    case 'open':
      return ok({ type, directory: first });
    case 'close':
    case 'restart':
    case 'crash':
    case 'logs':
      return ok({ type, session: first });
    case 'rename':
      return ok({ type, session: first, name: second });
    default:
      return ok({ type });
  }
}

const isCommand = (word: string, able: Able): word is Command['type'] =>
  Object.hasOwn(operands, word) && (!isWorkCommand(word) || able[word] !== undefined);

const isWorkCommand = (word: string): word is WorkCommand => (workCommands as readonly string[]).includes(word);

/** Words, of which any part may stand in single or double quotes; nothing if a quote is not closed. */
function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const character of line) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (!/\s/.test(character)) {
      word = (word ?? '') + character;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return quote === undefined ? words : undefined;
}
