import type { ChildDetail } from '../../protocol.ts';

/** The actors that a session has started. */
export function Children({ list }: { readonly list: readonly ChildDetail[] }) {
  if (list.length === 0) return <p class="none-yet">It has started no actors.</p>;
  return (
    <ul class="children">
      {list.map(({ path, status, state }) => (
        <li key={path}>
          <span class="child-path">{path}</span>
          {state !== undefined && <span class="state">{state}</span>}
          <span class="child-status" data-status={status}>
            {status}
          </span>
        </li>
      ))}
    </ul>
  );
}
