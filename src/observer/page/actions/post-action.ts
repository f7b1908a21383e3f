import type { Action, Done } from '../../protocol.ts';

/** Never rejects: where no answer came, that is the answer. */
export async function postAction(action: Action): Promise<Done> {
  try {
    const response = await fetch('./actions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
    });
    const done = (await response.json().catch(() => undefined)) as Done | undefined;
    return done ?? { ok: false, error: { message: `The host answered with the status ${response.status}` } };
  } catch {
    return { ok: false, error: { message: 'The host did not answer' } };
  }
}
