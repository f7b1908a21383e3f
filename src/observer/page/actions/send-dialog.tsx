import { useId, useState } from 'preact/hooks';
import { AskDialog } from './ask-dialog.tsx';
import type { AskProps } from './ask-dialog.tsx';
import { eventOf } from './event-payload.ts';

export interface SendDialogProps extends AskProps {
  readonly id: string;
  readonly name: string;
  readonly accepts: readonly string[];
}

/** Puts an event together. What the machine takes just now is offered; anything else may be sent, too. */
export function SendDialog({ id, name, accepts, onAct, onClose }: SendDialogProps) {
  const [type, setType] = useState(accepts[0] ?? '');
  const [json, setJson] = useState('');
  const types = useId();
  const problem = useId();
  const named = <bdi>{name}</bdi>;
  const payload = eventOf(type, json);
  // What has not been begun is no mistake yet.
  const wrong = !payload.ok && type !== '';

  return (
    <AskDialog
      title={<>Send an event to {named}</>}
      confirm="Send"
      disabled={!payload.ok}
      onConfirm={() =>
        payload.ok &&
        void onAct(
          { type: 'send', id, event: payload.event },
          <>
            {type} was sent to {named}
          </>,
        )
      }
      onClose={onClose}
    >
      <label>
        Type
        <input
          name="type"
          list={types}
          value={type}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => setType(currentTarget.value)}
        />
      </label>
      <datalist id={types}>
        {accepts.map((accepted) => (
          <option key={accepted} value={accepted} />
        ))}
      </datalist>
      {accepts.length > 0 && (
        <div class="chips" role="group" aria-label="What it accepts now">
          {accepts.map((accepted) => (
            <button
              key={accepted}
              type="button"
              class="chip"
              aria-pressed={accepted === type}
              onClick={() => setType(accepted)}
            >
              {accepted}
            </button>
          ))}
        </div>
      )}
      <label>
        Fields, as JSON
        <textarea
          name="fields"
          rows={6}
          spellcheck={false}
          placeholder={'{ "text": "hello" }'}
          value={json}
          aria-invalid={wrong}
          aria-describedby={problem}
          onInput={({ currentTarget }) => setJson(currentTarget.value)}
        />
      </label>
      <p class="problem" id={problem} aria-live="polite">
        {wrong && payload.problem}
      </p>
    </AskDialog>
  );
}
