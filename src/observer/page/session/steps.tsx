import { useState } from 'preact/hooks';
import type { Step } from '../../protocol.ts';
import { JsonTree } from '../json/json-tree.tsx';
import { summaryOf } from '../json/json-summary.ts';
import { clockText } from '../text/time-text.ts';

/** What the actors of a session received, newest first. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  if (steps.length === 0) {
    return <p class="none-yet">Nothing since you began to watch. What it receives from now on appears here.</p>;
  }
  return (
    <ol class="steps" aria-label="Events and transitions" tabIndex={0}>
      {steps.toReversed().map((step) => (
        <StepLine key={step.n} step={step} />
      ))}
    </ol>
  );
}

function StepLine({ step }: { readonly step: Step }) {
  const [open, setOpen] = useState(false);
  const { type, ...fields } = step.event;
  const more = Object.keys(fields).length > 0;
  const text = (
    <>
      <time class="time">{clockText(step.at)}</time>
      <span class="step-what">
        {step.actor && <span class="step-actor">{step.actor}</span>}
        <b>{type}</b>
        {more && <span class="step-fields">{summaryOf(fields)}</span>}
        {step.from !== undefined && <span class="step-from">from {step.from}</span>}
      </span>
      {step.state !== undefined && (
        <span class={step.changed ? 'step-state step-changed' : 'step-state'}>
          {step.changed && (
            <>
              <span aria-hidden="true">→</span> <span class="unseen"> to </span>{' '}
            </>
          )}
          {step.state}
        </span>
      )}
    </>
  );
  if (!more) return <li class="step">{text}</li>;
  return (
    <li>
      <button class="step" aria-expanded={open} onClick={() => setOpen(!open)}>
        {text}
      </button>
      {open && <JsonTree value={fields} label={`Fields of ${type}`} />}
    </li>
  );
}
