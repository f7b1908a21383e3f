/** Plants faults in the rules, one at a time, and shows what catches each: `npm run mutants`. */
import { run } from './mutants/run.ts';

process.exitCode = await run(process.argv.slice(2), console);
