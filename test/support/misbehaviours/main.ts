/** Goes through every misbehaviour in this process, without a handler that would save it. Prints a JSON line for each. */
import assert from 'node:assert/strict';
import { createActor, createMachine } from 'xstate';
import { misbehaviours } from './all.ts';
import { drain } from './host.ts';

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

// Only XState's development build warns of this.
const { warn } = console;
let warnings = 0;
console.warn = () => (warnings += 1);
createActor(createMachine({})).start().stop().send({ type: 'too late' });
print({ build: warnings > 0 ? 'development' : 'production' });
console.warn = () => {};

for (const event of ['uncaughtException', 'unhandledRejection']) assert.equal(process.listenerCount(event), 0);

for (const [name, misbehave] of Object.entries(misbehaviours)) {
  let failure: string | undefined;
  try {
    await misbehave();
  } catch (error) {
    failure = error instanceof Error ? error.stack : String(error);
  }
  await drain();
  print({ name, ...(failure !== undefined && { failure }) });
}
console.warn = warn;
