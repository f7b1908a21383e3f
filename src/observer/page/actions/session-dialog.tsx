import { AskDialog } from './ask-dialog.tsx';
import type { AskProps } from './ask-dialog.tsx';

export interface SessionDialogProps extends AskProps {
  readonly kind: 'stop' | 'restart';
  readonly id: string;
  readonly name: string;
}

const words = {
  stop: {
    confirm: 'Stop',
    done: 'stopped',
    text: 'It is shut down as its options say. Its slot, path and name are free again.',
  },
  restart: {
    confirm: 'Restart',
    done: 'restarted',
    text: 'Its actors end, and the next incarnation begins. This uses up none of its restarts.',
  },
};

export function SessionDialog({ kind, id, name, onAct, onClose }: SessionDialogProps) {
  const { confirm, done, text } = words[kind];
  // A name that is written from right to left leaves the words around it where they are.
  const named = <bdi>{name}</bdi>;
  return (
    <AskDialog
      title={
        <>
          {confirm} {named}?
        </>
      }
      confirm={confirm}
      danger={kind === 'stop'}
      onConfirm={() =>
        void onAct(
          { type: kind, id },
          <>
            {named} was {done}
          </>,
        )
      }
      onClose={onClose}
    >
      <p>{text}</p>
    </AskDialog>
  );
}
