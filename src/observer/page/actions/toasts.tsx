import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

export interface Toast {
  readonly text: ComponentChildren;
  readonly ok: boolean;
  readonly at: number;
}

export interface ToastsProps {
  readonly toasts: readonly Toast[];
  readonly onGone: (toast: Toast) => void;
}

/** How actions went. A refusal stays for longer: it is to be read. */
export function Toasts({ toasts, onGone }: ToastsProps) {
  return (
    <div class="toasts" role="status" aria-live="polite" aria-label="Results">
      {toasts.map((toast) => (
        <ToastLine key={toast.at} toast={toast} onGone={() => onGone(toast)} />
      ))}
    </div>
  );
}

function ToastLine({ toast, onGone }: { readonly toast: Toast; readonly onGone: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onGone, toast.ok ? 5000 : 12_000);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <p class={toast.ok ? 'toast' : 'toast toast-bad'}>
      <span aria-hidden="true">{toast.ok ? '✓' : '✕'}</span>
      <span>
        {!toast.ok && <b>Refused: </b>}
        {toast.text}
      </span>
      <button class="quiet small" aria-label="Dismiss" onClick={onGone}>
        ×
      </button>
    </p>
  );
}
