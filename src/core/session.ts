import type { Result } from './result.ts';
import type { SupervisionError } from './supervision-error.ts';

/** A piece of work bound to one project directory: a frozen plain value that survives JSON. */
export interface Session<TConfig = Record<string, unknown>> {
  readonly id: string;
  readonly name: string;
  readonly projectPath: string;
  readonly config: TConfig;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface SessionInput<TConfig = Record<string, unknown>> {
  readonly projectPath: string;
  readonly name?: string;
  readonly config?: Partial<TConfig>;
  readonly id?: string;
}

export interface SessionOptions {
  readonly now?: () => number;
  readonly generateId?: () => string;
}

export declare function createSession(input: SessionInput, options?: SessionOptions): Result<Session, SupervisionError<'invalid_session'>>;
export declare function renameSession(session: Session, name: string, options?: SessionOptions): Result<Session, SupervisionError<'invalid_session'>>;
export declare function configureSession(session: Session, patch: object, options?: SessionOptions): Result<Session, SupervisionError<'invalid_session'>>;
export declare function validateSession(value: unknown, options?: SessionOptions): Result<Session, SupervisionError<'invalid_session'>>;
