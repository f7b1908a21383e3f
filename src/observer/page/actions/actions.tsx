import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { Action } from '../../protocol.ts';
import { useStore } from '../state/use-store.ts';
import { LimitDialog } from './limit-dialog.tsx';
import { postAction } from './post-action.ts';
import { SendDialog } from './send-dialog.tsx';
import { SessionDialog } from './session-dialog.tsx';
import { Toasts } from './toasts.tsx';
import type { Toast } from './toasts.tsx';

/** What a person is asked about before it is done. */
export type Asked =
  | { readonly kind: 'stop' | 'restart'; readonly id: string; readonly name: string }
  | { readonly kind: 'send'; readonly id: string; readonly name: string; readonly accepts: readonly string[] }
  | { readonly kind: 'limit'; readonly maxSessions?: number };

export interface Actions {
  /** Whether the host lets its page do anything. */
  readonly allowed: boolean;
  readonly ask: (asked: Asked) => void;
}

const ActionsContext = createContext<Actions>({ allowed: false, ask: () => undefined });

export function useActions(): Actions {
  return useContext(ActionsContext);
}

/** Asks before each action, does it, and says how it went. */
export function ActionsProvider({ children }: { readonly children: ComponentChildren }) {
  const { state } = useStore('hello', 'connection');
  const [asked, ask] = useState<Asked>();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const allowed = state.hello?.allowActions === true && state.connection === 'open';

  async function act(action: Action, done: ComponentChildren): Promise<void> {
    ask(undefined);
    const result = await postAction(action);
    const text = result.ok ? done : result.error.message;
    setToasts((before) => [...before.slice(-3), { text, ok: result.ok, at: performance.now() }]);
  }

  const close = (): void => ask(undefined);
  return (
    <ActionsContext.Provider value={{ allowed, ask }}>
      {children}
      {(asked?.kind === 'stop' || asked?.kind === 'restart') && (
        <SessionDialog {...asked} onAct={act} onClose={close} />
      )}
      {asked?.kind === 'send' && <SendDialog {...asked} onAct={act} onClose={close} />}
      {asked?.kind === 'limit' && <LimitDialog {...asked} onAct={act} onClose={close} />}
      <Toasts toasts={toasts} onGone={(toast) => setToasts((before) => before.filter((other) => other !== toast))} />
    </ActionsContext.Provider>
  );
}
