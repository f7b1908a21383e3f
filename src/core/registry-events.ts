import type { Reply, Replying } from './reply.ts';
import type { RegisterRefusal, UpdateRefusal } from './session-table.ts';
import type { Session } from './session.ts';

/** What the registry answers to each of its commands. */
export interface RegistryReplies<TConfig = Record<string, unknown>> {
  'registry.register': Reply<Session<TConfig>, RegisterRefusal | 'invalid_session' | 'managed'>;
  'registry.lookup': Reply<Session<TConfig>, 'not_found'>;
  'registry.list': Reply<readonly Session<TConfig>[], never>;
  'registry.count': Reply<number, never>;
  'registry.update': Reply<Session<TConfig>, UpdateRefusal | 'invalid_session'>;
  'registry.unregister': Reply<Session<TConfig>, 'not_found' | 'managed'>;
  'registry.clear': Reply<void, 'managed'>;
  'registry.configure': Reply<void, 'invalid_spec'>;
}

type Command<TType extends keyof RegistryReplies, TConfig, TFields = {}> = { readonly type: TType } & TFields &
  Replying<RegistryReplies<TConfig>[TType]>;

interface WithSession<TConfig> {
  readonly session: Session<TConfig>;
}

/** The commands to the registry. */
export type RegistryEvent<TConfig = Record<string, unknown>> =
  | Command<'registry.register', TConfig, WithSession<TConfig>>
  | Command<'registry.lookup', TConfig, { readonly id: string }>
  | Command<'registry.lookup', TConfig, { readonly projectPath: string }>
  | Command<'registry.lookup', TConfig, { readonly name: string }>
  | Command<'registry.list', TConfig>
  | Command<'registry.count', TConfig>
  | Command<'registry.update', TConfig, WithSession<TConfig>>
  | Command<'registry.unregister', TConfig, { readonly id: string }>
  | Command<'registry.clear', TConfig>
  | Command<'registry.configure', TConfig, { readonly maxSessions: number }>;
