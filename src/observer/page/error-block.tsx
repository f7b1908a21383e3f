import type { ErrorInfo } from '../protocol.ts';

/** An error, with its stack for those who ask, and what caused it. */
export function ErrorBlock({ error }: { readonly error: ErrorInfo }) {
  return (
    <div class="error">
      <p class="error-line">
        <b>{error.name}</b>
        {error.code !== undefined && <code class="tag">{error.code}</code>} {error.message}
      </p>
      {error.stack !== undefined && (
        <details>
          <summary>Stack</summary>
          <pre tabIndex={0}>{error.stack}</pre>
        </details>
      )}
      {error.cause && (
        <div class="error-cause">
          <p class="muted">Caused by</p>
          <ErrorBlock error={error.cause} />
        </div>
      )}
    </div>
  );
}
