import { hash } from 'node:crypto';
import { messageOf } from '../core/arguments.ts';
import { kindOf } from '../core/json-value.ts';
import { checkRecord, corrupt, recordJson } from '../core/session-record.ts';
import type { SessionRecord } from '../core/session-record.ts';
import type { Reply } from '../core/reply.ts';
import { storeFailed } from '../core/store-refusals.ts';

/**
 * A record as a JSON document, with a checksum as its last field.
 *
 * @param indent by how many spaces a level is indented: 0 is all in one line
 * @throws SupervisionError for a record that could not be read again: `record_corrupt` with the `reason`,
 *   `record_too_new`, or `store_failed` for one that JSON cannot say
 */
export function recordText(record: SessionRecord, indent: number): string {
  const json = inJson(record);
  if (!json.ok) throw json.error;
  const content = json.value;
  const checksum = `"${checksumOf(content)}"`;
  // Put behind the rest as text: to say all of it once more takes a third of the time of a save.
  if (indent === 0) return `${content.slice(0, -1)},"checksum":${checksum}}\n`;
  // Read from what is written: an object may have a `toJSON` that never says the same twice.
  const laidOut = JSON.stringify(JSON.parse(content), null, indent);
  return `${laidOut.slice(0, -2)},\n${' '.repeat(indent)}"checksum": ${checksum}\n}\n`;
}

/**
 * The record that a document has. The checksum is of the content: a document may be laid out anew, but for the order of
 * its keys.
 *
 * @param id of the session under whose name it was found
 */
export function recordFrom(text: string, id: string): Reply<SessionRecord, 'record_corrupt' | 'record_too_new'> {
  if (text.trim() === '') return corrupt(id, 'it is empty');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return corrupt(id, `it is no JSON (${messageOf(error)})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return corrupt(id, `it is ${kindOf(value)}, not an object`);
  }
  const { checksum, ...content } = value as { readonly checksum?: unknown };
  const checked = checkRecord(content, id);
  // A later format may well have another checksum.
  if (!checked.ok && checked.error.code === 'record_too_new') return checked;
  if (checksum === undefined) return corrupt(id, 'it has no checksum');
  if (checksum !== checksumOf(JSON.stringify(content))) return corrupt(id, 'its content does not match its checksum');
  return checked;
}

function inJson(record: SessionRecord): ReturnType<typeof recordJson> {
  try {
    return recordJson(record);
  } catch (error) {
    throw storeFailed(`The record of the session ${record.session.id} cannot be written as JSON`, error);
  }
}

const checksumOf = (content: string): string => `sha256:${hash('sha256', content)}`;
