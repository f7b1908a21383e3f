export type Tone = 'good' | 'bad' | 'warn' | 'calm';

const tones: Record<string, Tone> = {
  'session.started': 'good',
  'session.restarted': 'warn',
  'session.crashed': 'bad',
  'session.failed': 'bad',
  'session.poisoned': 'bad',
  'store.failed': 'bad',
  'host.failed': 'bad',
  'session.rejected': 'warn',
  dead_letter: 'warn',
};

/** How a type of event is meant to be taken. */
export function toneOf(type: string): Tone {
  return tones[type] ?? 'calm';
}
