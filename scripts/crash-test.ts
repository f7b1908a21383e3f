/** A host that is killed again and again, with writers going on: `npm run crash-test -- --rounds N --store file --seed S`. */
import { crashTest } from './crash-test/command-line.ts';

process.exitCode = await crashTest(process.argv.slice(2), console);
