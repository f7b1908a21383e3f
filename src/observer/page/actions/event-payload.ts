export type Payload =
  | { readonly ok: true; readonly event: { readonly type: string; readonly [key: string]: unknown } }
  | { readonly ok: false; readonly problem: string };

/** The event that a person has put together: a type, and the JSON of its other fields. */
export function eventOf(type: string, json: string): Payload {
  if (type.trim() === '') return { ok: false, problem: 'An event has a type.' };
  let fields: unknown = {};
  try {
    if (json.trim() !== '') fields = JSON.parse(json);
  } catch (error) {
    return { ok: false, problem: `This is no JSON: ${(error as Error).message}` };
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    return { ok: false, problem: 'The fields of an event are an object, such as { "text": "hello" }.' };
  }
  if ('type' in fields && fields.type !== type.trim()) {
    return { ok: false, problem: 'The type is chosen above: leave it out here.' };
  }
  return { ok: true, event: { ...fields, type: type.trim() } };
}
