/** Measures the built package beside its peers: `npm run bench`. */
import { bench } from './command-line.ts';

process.exitCode = await bench(process.argv.slice(2), console.log);
