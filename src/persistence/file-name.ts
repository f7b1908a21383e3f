import { isSessionId } from '../core/session-id.ts';

/**
 * The name of the document of a session: its id and `.json`. Where capitals and small letters are the same to a file
 * system, two ids must not have one name: an id with capitals has them counted after a `+`, a bit a character, in hex.
 *
 * @example
 * fileNameOf('shop'); // 'shop.json'
 * fileNameOf('Shop'); // 'Shop+8.json'
 */
export function fileNameOf(id: string): string {
  const capitals = Array.from(id, (character) => (/[A-Z]/.test(character) ? '1' : '0')).join('');
  return capitals.includes('1') ? `${id}+${BigInt(`0b${capitals}`).toString(16)}.json` : `${id}.json`;
}

/** The session whose document has this name, if there can be one. */
export function idFromFileName(name: string): string | undefined {
  const id = /^([^+]+)(\+[\da-f]+)?\.json$/.exec(name)?.[1];
  return isSessionId(id) && fileNameOf(id) === name ? id : undefined;
}
