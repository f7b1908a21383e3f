import type { SortColumn, Sorting } from './list-rows.ts';

const columns: readonly { column: SortColumn; label: string; class?: string; descendingFirst: boolean }[] = [
  { column: 'name', label: 'Session', descendingFirst: false },
  { column: 'status', label: 'Status', descendingFirst: true },
  { column: 'restarts', label: 'Restarts', class: 'cell-number', descendingFirst: true },
  { column: 'uptime', label: 'Uptime', class: 'cell-number cell-uptime', descendingFirst: true },
];

export interface ListHeadProps {
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}

/** The names of the columns: each sorts by itself, then the other way around, then not any more. */
export function ListHead({ sorting, onSort }: ListHeadProps) {
  function sortBy(column: SortColumn, descendingFirst: boolean): void {
    if (sorting.column !== column) onSort({ column, descending: descendingFirst });
    else if (sorting.descending === descendingFirst) onSort({ column, descending: !descendingFirst });
    else onSort({ column: 'started', descending: false });
  }

  return (
    <div class="head" role="rowgroup">
      <div class="row row-head" role="row" aria-rowindex={1}>
        {columns.map(({ column, label, descendingFirst, class: more = '' }) => {
          const sorted = sorting.column === column;
          const way = sorting.descending ? 'descending' : 'ascending';
          return (
            <div key={column} role="columnheader" class={`cell ${more}`} aria-sort={sorted ? way : 'none'}>
              <button onClick={() => sortBy(column, descendingFirst)}>
                {label}
                <span aria-hidden="true">{sorted ? (sorting.descending ? ' ↓' : ' ↑') : ''}</span>
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
