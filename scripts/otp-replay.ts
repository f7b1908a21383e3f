/** Replays recorded OTP supervisors, and compares: `npm run otp-replay -- --plan|--actors FILE`. */
import { run } from './otp-replay/run.ts';

process.exitCode = await run(process.argv.slice(2), console);
