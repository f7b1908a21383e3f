import { audience } from './audience.ts';
import { callbacks } from './callbacks.ts';
import { events } from './events.ts';
import type { Misbehaviours } from './host.ts';
import { tasks } from './tasks.ts';

export const misbehaviours: Misbehaviours = { ...audience, ...callbacks, ...events, ...tasks };
