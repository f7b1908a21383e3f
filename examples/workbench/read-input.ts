import { createInterface, emitKeypressEvents } from 'node:readline';
import { editPrompt, emptyPrompt, enterPrompt } from './edit-prompt.ts';
import type { Key, Prompt } from './edit-prompt.ts';

export interface InputListener {
  line(line: string): void;
  /** What is being typed has changed. */
  typed(): void;
  /** There is no more to come. */
  ended(): void;
  /** Ctrl-C was pressed. */
  interrupted(): void;
}

/** Where commands come from. */
export interface CommandInput {
  /** What is being typed, where somebody may type. */
  readonly prompt: Prompt | undefined;
  start(listener: InputListener): void;
  close(): void;
}

/** No commands at all. */
export const noInput: CommandInput = { prompt: undefined, start() {}, close() {} };

/** Lines of a pipe or a file, or of a terminal that edits them itself. */
export function lineInput(stdin: NodeJS.ReadStream = process.stdin): CommandInput {
  let close = () => {};
  return {
    prompt: undefined,
    start(listener) {
      const lines = createInterface({ input: stdin, terminal: false });
      lines.on('error', () => lines.close());
      lines.on('line', listener.line);
      lines.on('close', listener.ended);
      close = () => lines.close();
    },
    close: () => close(),
  };
}

/** Keys of a terminal, of which the prompt shows each. */
export function keyInput(stdin: NodeJS.ReadStream = process.stdin): CommandInput {
  let prompt = emptyPrompt;
  let close = () => {};
  return {
    get prompt() {
      return prompt;
    },
    start(listener) {
      const pressed = (text: string | undefined, key: Key) => {
        if (key.ctrl && key.name === 'c') return listener.interrupted();
        if (key.ctrl && key.name === 'd' && prompt.before + prompt.after === '') return listener.line('quit');
        if (key.name !== 'return' && key.name !== 'enter') {
          prompt = editPrompt(prompt, text, key);
          return listener.typed();
        }
        const line = prompt.before + prompt.after;
        prompt = enterPrompt(prompt);
        listener.typed();
        listener.line(line);
      };
      emitKeypressEvents(stdin);
      stdin.setRawMode(true).on('keypress', pressed).on('error', listener.ended).resume();
      close = () => void stdin.off('keypress', pressed).setRawMode(false).pause();
    },
    close: () => close(),
  };
}
