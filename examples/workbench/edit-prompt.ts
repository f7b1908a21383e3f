/** A line that is being typed, with the cursor between `before` and `after`. */
export interface Prompt {
  readonly before: string;
  readonly after: string;
  /** What was entered, the latest first, and how far up in it one has gone. */
  readonly past: readonly string[];
  readonly back: number;
}

/** A key as Node's `readline` reports it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
}

export const emptyPrompt: Prompt = { before: '', after: '', past: [], back: 0 };

/** The prompt after a key that was pressed; `text` is what it writes, if it does. */
export function editPrompt(prompt: Prompt, text: string | undefined, key: Key): Prompt {
  const { before, after } = prompt;
  switch (key.ctrl ? `ctrl-${key.name}` : key.name) {
    case 'backspace':
    case 'ctrl-h':
      return { ...prompt, before: [...before].slice(0, -1).join('') };
    case 'delete':
      return { ...prompt, after: [...after].slice(1).join('') };
    case 'left':
      return { ...prompt, before: [...before].slice(0, -1).join(''), after: ([...before].at(-1) ?? '') + after };
    case 'right':
      return { ...prompt, before: before + ([...after][0] ?? ''), after: [...after].slice(1).join('') };
    case 'home':
    case 'ctrl-a':
      return { ...prompt, before: '', after: before + after };
    case 'end':
    case 'ctrl-e':
      return { ...prompt, before: before + after, after: '' };
    case 'ctrl-u':
      return { ...prompt, before: '' };
    case 'ctrl-k':
      return { ...prompt, after: '' };
    case 'ctrl-w':
      return { ...prompt, before: before.replace(/\S*\s*$/u, '') };
    case 'up':
      return recall(prompt, prompt.back + 1);
    case 'down':
      return recall(prompt, prompt.back - 1);
    default:
      if (text === undefined || key.ctrl || key.meta || /\p{Cc}/u.test(text)) return prompt;
      return { ...prompt, before: before + text };
  }
}

/** The prompt after its line has been entered. */
export function enterPrompt({ before, after, past }: Prompt): Prompt {
  const line = before + after;
  return { ...emptyPrompt, past: line.trim() === '' || line === past[0] ? past : [line, ...past].slice(0, 100) };
}

function recall(prompt: Prompt, back: number): Prompt {
  if (back < 0 || back > prompt.past.length) return prompt;
  return { ...prompt, back, before: prompt.past[back - 1] ?? '', after: '' };
}
