/** Random trees of supervisors under random faults: `npm run chaos -- --seed N --seconds S`. */
import { chaos } from './chaos/command-line.ts';

process.exitCode = await chaos(process.argv.slice(2), console);
