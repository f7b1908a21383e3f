import { useState } from 'preact/hooks';
import type { Plain } from '../../protocol.ts';
import { countText } from '../text/amount-text.ts';
import { entriesOf, summaryOf } from './json-summary.ts';

export interface JsonTreeProps {
  readonly value: Plain;
  /** Read out with the button that opens it. */
  readonly label: string;
}

/** How many entries are shown before one asks for more. */
const AT_FIRST = 50;

/** A value to look into: its first level is open. */
export function JsonTree({ value, label }: JsonTreeProps) {
  const entries = entriesOf(value);
  if (entries.length === 0) {
    return (
      <div class="json">
        <Leaf value={value} />
      </div>
    );
  }
  return (
    <div class="json" role="group" aria-label={label}>
      <Entries entries={entries} />
    </div>
  );
}

function Entries({ entries }: { readonly entries: readonly [string, Plain][] }) {
  const [most, setMost] = useState(AT_FIRST);
  const left = entries.length - most;
  return (
    <ul>
      {entries.slice(0, most).map(([key, value]) => (
        <li key={key}>
          <Entry name={key} value={value} />
        </li>
      ))}
      {left > 0 && (
        <li>
          <button class="link" onClick={() => setMost(most + 200)}>
            Show more of {countText(left)}
          </button>
        </li>
      )}
    </ul>
  );
}

function Entry({ name, value }: { readonly name: string; readonly value: Plain }) {
  const [open, setOpen] = useState(false);
  const entries = entriesOf(value);
  if (entries.length === 0) {
    return (
      <>
        <span class="json-key">{name}</span>
        <Leaf value={value} />
      </>
    );
  }
  return (
    <>
      <button class="json-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="json-key">{name}</span>
        <span class="json-summary">
          {open ? (Array.isArray(value) ? `[${entries.length}]` : '') : summaryOf(value)}
        </span>
      </button>
      {open && <Entries entries={entries} />}
    </>
  );
}

/** A long text is cut, until one asks for the rest. */
function Leaf({ value }: { readonly value: Plain }) {
  const [whole, setWhole] = useState(false);
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const long = typeof value === 'string' && value.length > 200;
  return (
    <span class={`json-leaf json-${kind}`}>
      {whole ? JSON.stringify(value) : summaryOf(value, 200)}
      {long && !whole && (
        <button class="link" onClick={() => setWhole(true)}>
          show all
        </button>
      )}
    </span>
  );
}
