import { dispatch, query, spawn, start, stop } from 'nact';
import { births } from '../session-machine.ts';
import type { Crowd } from './crowd.ts';

type State = 'idle' | 'working' | 'paused';
type Message =
  { readonly type: 'next' } | { readonly type: 'crash' } | { readonly type: 'count'; readonly replyTo: Ref<number> };
type Ref<T> = ReturnType<typeof spawn<any, (state: any, message: T) => any>>;

const after = { idle: 'working', working: 'paused', paused: 'idle' } as const;

/** Actors of nact, each reset when it crashes. */
export class NactCrowd implements Crowd {
  private readonly system = start();
  private readonly refs: Ref<Message>[] = [];
  /** Called at each beginning of a session. */
  private begun = () => {};

  count(): number {
    return this.refs.length;
  }

  fill(paths: readonly string[]): void {
    this.start(paths);
  }

  start(paths: readonly string[]): void {
    // A slash would be part of nact's own paths.
    for (const path of paths) this.refs.push(this.session(path.replaceAll('/', '-').slice(1)));
  }

  stop(count: number): void {
    for (let n = 0; n < count; n++) stop(this.refs.pop()!);
  }

  close(): void {
    stop(this.system);
    this.refs.length = 0;
  }

  async send(times: number): Promise<void> {
    const ref = this.refs[0]!;
    for (let n = 0; n < times; n++) dispatch(ref, { type: 'next' });
    // It has seen all of them when it answers.
    await this.ask(1);
  }

  async crash(times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      const again = new Promise<void>((resolve) => (this.begun = resolve));
      dispatch(this.refs[0]!, { type: 'crash' });
      await again;
    }
  }

  async ask(times: number): Promise<number> {
    let answer = 0;
    const ref = this.refs[0]!;
    for (let n = 0; n < times; n++) {
      answer = await query(ref, (replyTo: Ref<number>): Message => ({ type: 'count', replyTo }), 5000);
    }
    return answer;
  }

  private session(name: string): Ref<Message> {
    return spawn(this.system, (state: State, message: Message) => this.act(state, message), name, {
      initialStateFunc: (): State => {
        births.count += 1;
        this.begun();
        return 'idle';
      },
      onCrash: (_message, _error, { reset }) => reset,
    });
  }

  private act(state: State, message: Message): State {
    if (message.type === 'next') return after[state];
    if (message.type === 'crash') throw new Error('crashed as told');
    dispatch(message.replyTo, this.refs.length);
    return state;
  }
}
