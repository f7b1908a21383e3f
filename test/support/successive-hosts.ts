import type { AnyActorLogic } from 'xstate';
import { memoryStore } from '../../src/index.ts';
import type { OpenedSession, SessionHostOptions } from '../../src/index.ts';
import { settled } from './answers.ts';
import { openHost } from './open-host.ts';
import type { HostInTest } from './open-host.ts';

/** Hosts that follow one another on the same records; the wall clock runs on between them. */
export class SuccessiveHosts<TLogic extends AnyActorLogic, TConfig = Record<string, unknown>> {
  records = new Map<string, string>();
  private present: HostInTest<TLogic, TConfig> | undefined;
  /** What the wall clock showed as the present host began. */
  private base = 1_000_000;

  constructor(private readonly options: SessionHostOptions<TLogic, TConfig>) {}

  /** The time on the wall, in milliseconds. */
  get time(): number {
    return this.base + (this.present?.clock.now() ?? 0);
  }

  get test(): HostInTest<TLogic, TConfig> {
    return this.present!;
  }

  /** The next host begins so long after the one before has gone. */
  begin(options: Partial<SessionHostOptions<TLogic, TConfig>> = {}, downMs = 0): HostInTest<TLogic, TConfig> {
    this.base = this.time + downMs;
    const { base } = this;
    const begun: { present?: HostInTest<TLogic, TConfig> } = {};
    const now = () => base + (begun.present?.clock.now() ?? 0);
    begun.present = openHost({ store: memoryStore(this.records), now, ...this.options, ...options });
    return (this.present = begun.present);
  }

  /** It closes, and all its sessions end at once. */
  async close(): Promise<void> {
    const { host } = this.test;
    await host.close();
    await settled();
  }

  /** As after a `kill -9`: what it writes from now on, nobody will see. */
  kill(): void {
    this.records = new Map(this.records);
  }

  /** The time of the present host goes by, once all that is settled by now has been heard of. */
  async elapse(ms: number): Promise<void> {
    await settled();
    this.test.clock.increment(ms);
    await settled();
  }

  async resume(id = 's1'): Promise<OpenedSession<TLogic, TConfig>> {
    const resumed = await this.test.host.resumeSession(id);
    if (!resumed.ok) throw resumed.error;
    return resumed.value;
  }

  /** What is kept of a session. */
  record(id = 's1'): any {
    const text = this.records.get(id);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Changes what is kept of one. */
  change(change: (record: any) => void, id = 's1'): void {
    const record = this.record(id);
    change(record);
    this.records.set(id, JSON.stringify(record));
  }
}
