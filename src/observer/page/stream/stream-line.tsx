import { useState } from 'preact/hooks';
import type { LifecycleEntry } from '../../protocol.ts';
import { ErrorBlock } from '../error-block.tsx';
import { JsonTree } from '../json/json-tree.tsx';
import { hashOf } from '../route.ts';
import { clockText } from '../text/time-text.ts';
import { gistOf } from './event-gist.ts';
import { toneOf } from './event-tone.ts';

/** An event, to open where there is more to it. */
export function StreamLine({ entry }: { readonly entry: LifecycleEntry }) {
  const [open, setOpen] = useState(false);
  const { at, type, session, error, more } = entry;
  const opens = error !== undefined || more !== undefined;
  return (
    <li class="line" data-type={type} data-tone={toneOf(type)}>
      <div class="line-face">
        <time class="time">{clockText(at)}</time>
        <span class="line-type">{type}</span>
        <span class="line-session">
          {session ? (
            <a href={hashOf({ view: 'session', id: session.id })}>
              <bdi>{session.name}</bdi>
            </a>
          ) : (
            '–'
          )}
        </span>
        <span class="line-gist">{gistOf(entry)}</span>
        {opens && (
          <button class="quiet small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Less' : 'More'} <span class="unseen">of {type}</span>
          </button>
        )}
      </div>
      {open && (
        <div class="line-detail">
          {error && <ErrorBlock error={error} />}
          {more !== undefined && <JsonTree value={more} label={`Details of ${type}`} />}
        </div>
      )}
    </li>
  );
}
