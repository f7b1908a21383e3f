import type { Row } from './row.ts';
import { bundleSize } from './rows/bundle.ts';
import { crash } from './rows/crash.ts';
import { growth, growthOfDynamicSupervisor } from './rows/growth.ts';
import { life } from './rows/life.ts';
import { keptAnswer, keptCrowd, keptEvent, keptStream } from './rows/kept.ts';
import { list, lookup } from './rows/lookup.ts';
import { memory } from './rows/memory.ts';
import { observing } from './rows/observed.ts';
import { question } from './rows/question.ts';
import { registry } from './rows/registry.ts';
import { resume } from './rows/resume.ts';
import { scrolling } from './rows/scrolling.ts';
import { send, sendInspected, sendUninspected } from './rows/send.ts';
import { partsOfStart, start } from './rows/start.ts';
import { stopAll, stopOne } from './rows/stop.ts';
import { oneForAll } from './rows/supervisor.ts';
import { timers } from './rows/timers.ts';

/** All of the comparison, in the order of the table. */
export const rows: readonly Row[] = [
  ...start,
  partsOfStart,
  growth,
  stopOne,
  stopAll,
  timers,
  ...lookup,
  ...registry,
  list,
  send,
  sendUninspected,
  sendInspected,
  question,
  crash,
  memory,
  growthOfDynamicSupervisor,
  oneForAll,
  life,
  observing,
  keptStream,
  keptEvent,
  keptAnswer,
  keptCrowd,
  resume,
  scrolling,
  bundleSize,
];
