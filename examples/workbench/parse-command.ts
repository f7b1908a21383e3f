import { ok, refused } from '../../src/index.ts';
import type { Result } from '../../src/index.ts';

/** `session` is a name or an id. */
export type Command =
  | { readonly type: 'open'; readonly directory: string }
  | { readonly type: 'close' | 'restart' | 'crash'; readonly session: string }
  | { readonly type: 'rename'; readonly session: string; readonly name: string }
  | { readonly type: 'list' | 'quit' | 'help' };

export const commandHelp =
  'Commands: open DIR, close NAME, rename NAME NEW, restart NAME, crash NAME, list, quit. ' +
  'NAME is a name or an id; quote what has spaces.';

const operands = {
  open: ['DIR'],
  close: ['NAME'],
  rename: ['NAME', 'NEW'],
  restart: ['NAME'],
  crash: ['NAME'],
  list: [],
  quit: [],
  help: [],
} as const;

/** What a line asks for; nothing if it is blank. */
export function parseCommand(line: string): Result<Command | undefined, string> {
  const words = splitWords(line);
  if (words === undefined) return refused(`A quote is not closed in: ${line.trim()}`);
  const [type, first = '', second = ''] = words;
  if (type === undefined) return ok(undefined);
  if (!isCommand(type)) return refused(`Unknown command '${type}'. ${commandHelp}`);
  if (words.length !== operands[type].length + 1) {
    return refused(`It is: ${[type, ...operands[type]].join(' ')}. Quote what has spaces.`);
  }
  switch (type) {
    case 'open':
      return ok({ type, directory: first });
    case 'close':
    case 'restart':
    case 'crash':
      return ok({ type, session: first });
    case 'rename':
      return ok({ type, session: first, name: second });
    default:
      return ok({ type });
  }
}

const isCommand = (word: string): word is Command['type'] => Object.hasOwn(operands, word);

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
