import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { Action } from '../../protocol.ts';

/** What each dialog of an action is given. */
export interface AskProps {
  /** Does it, and says so. */
  readonly onAct: (action: Action, done: ComponentChildren) => Promise<void>;
  readonly onClose: () => void;
}

export interface AskDialogProps {
  readonly title: ComponentChildren;
  readonly children: ComponentChildren;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** A modal dialog: the browser keeps the focus within it, closes it by Escape, and gives the focus back. */
export function AskDialog(props: AskDialogProps) {
  const { title, children, confirm, danger = false, disabled = false, onConfirm, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useLayoutEffect(() => {
    const { current } = dialog;
    const before = document.activeElement;
    current?.showModal();
    return () => {
      current?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!disabled) onConfirm();
        }}
      >
        <h2 id={id}>{title}</h2>
        {children}
        <div class="dialog-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={danger ? 'primary primary-danger' : 'primary'} disabled={disabled}>
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
