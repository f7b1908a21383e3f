import { countText } from '../text/amount-text.ts';
import { toneOf } from './event-tone.ts';

export interface TypeChipsProps {
  readonly counts: readonly [type: string, count: number][];
  /** None: all. */
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (types: ReadonlySet<string>) => void;
}

/** The types that there are, to choose some of them. */
export function TypeChips({ counts, chosen, onChoose }: TypeChipsProps) {
  function toggle(type: string): void {
    const types = new Set(chosen);
    if (!types.delete(type)) types.add(type);
    onChoose(types);
  }

  // One that was chosen stays, though none of it is left.
  const gone = [...chosen].filter((type) => counts.every(([other]) => other !== type));
  const all = [...counts, ...gone.map((type) => [type, 0] as const)];
  if (all.length === 0) return null;
  return (
    <div class="chips" role="group" aria-label="Types of events">
      {all.map(([type, count]) => (
        <button
          key={type}
          class="chip"
          data-tone={toneOf(type)}
          aria-pressed={chosen.has(type)}
          onClick={() => toggle(type)}
        >
          {type} <span class="chip-count">{countText(count)}</span>
        </button>
      ))}
      {chosen.size > 0 && (
        <button class="link" onClick={() => onChoose(new Set())}>
          All types
        </button>
      )}
    </div>
  );
}
