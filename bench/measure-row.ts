/** The process of one row: measures it, and sends its parent what it found. */
import { rows } from './rows.ts';
import { scaleRows } from './scale.ts';

const [name, rounds] = process.argv.slice(2);
const row = [...rows, ...scaleRows].find((it) => it.name === name)!;
const values = await row.measure(Number(rounds));
// Timers may be pending, and peers waiting for commands.
process.send!(values, () => process.exit());
