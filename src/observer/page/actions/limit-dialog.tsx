import { useState } from 'preact/hooks';
import { plural } from '../text/amount-text.ts';
import { AskDialog } from './ask-dialog.tsx';
import type { AskProps } from './ask-dialog.tsx';

export interface LimitDialogProps extends AskProps {
  readonly maxSessions?: number;
}

export function LimitDialog({ maxSessions, onAct, onClose }: LimitDialogProps) {
  const [text, setText] = useState(maxSessions === undefined ? '' : String(maxSessions));
  const limit = Number(text);
  return (
    <AskDialog
      title="Change the limit"
      confirm="Change"
      disabled={text.trim() === '' || !Number.isSafeInteger(limit) || limit < 0}
      onConfirm={() =>
        void onAct({ type: 'limit', maxSessions: limit }, `The limit is ${plural(limit, 'session')} now`)
      }
      onClose={onClose}
    >
      <p>A lower limit ends no session: as long as there are more, none is started.</p>
      <label>
        Sessions at most
        <input
          name="limit"
          type="number"
          min="0"
          step="1"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
    </AskDialog>
  );
}
