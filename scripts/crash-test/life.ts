import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Answer, Order, Question, Report, Settings } from './protocol.ts';

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

type Answered = (answer: Answer | undefined) => void;

/** One process of the hosts, from its start to its end. */
export class Life {
  readonly startedAt = Date.now();
  /** Its end, once all that it told has been heard. */
  readonly ended: Promise<End>;
  isOver = false;
  stderr = '';
  private readonly child: ChildProcess;
  private readonly questions = new Map<number, Answered>();
  private sent = 0;
  private readonly wakers = new Set<() => void>();

  /**
   * @param hear what it tells, but for the answers
   * @param told hears of each message that it is sent, and of each answer
   */
  constructor(
    program: string,
    settings: Settings,
    private readonly hear: (report: Exclude<Report, { type: 'answer' }>) => void,
    private readonly told: (what: 'sent' | 'answered') => void,
  ) {
    const child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: 'pipe' });
    this.child = child;
    // It is dead, and has not been heard of yet.
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    createInterface({ input: child.stdout }).on('line', (line) => this.heard(line));
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.isOver = true;
        for (const answered of this.questions.values()) answered(undefined);
        for (const wake of this.wakers) wake();
        resolve({ code, signal });
      });
    });
  }

  /** @param answered is called at once when it is answered, and with nothing where it never will be */
  ask(question: Question, answered: Answered = () => {}): Promise<void> {
    if (this.isOver) return Promise.resolve();
    const number = ++this.sent;
    return new Promise((resolve) => {
      this.questions.set(number, (answer) => {
        answered(answer);
        resolve();
      });
      this.tell({ ...question, number });
    });
  }

  tell(order: Order): void {
    this.child.stdin!.write(`${JSON.stringify(order)}\n`);
    this.told('sent');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Lets time go by; less of it if it ends. */
  pause(ms: number): Promise<void> {
    if (this.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.wakers.add(wake);
    });
  }

  private heard(line: string): void {
    const report = readReport(line);
    // Killed in the middle of the line.
    if (report === undefined) return;
    if (report.type !== 'answer') return this.hear(report);
    const answered = this.questions.get(report.number);
    this.questions.delete(report.number);
    answered?.(report.answer);
    this.told('answered');
  }
}

function readReport(line: string): Report | undefined {
  try {
    return JSON.parse(line) as Report;
  } catch {
    return undefined;
  }
}
