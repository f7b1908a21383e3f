import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface PanelProps {
  readonly title: string;
  readonly count?: number;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A part of a view, under its name. */
export function Panel({ title, count, class: more = '', children }: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${more}`} aria-labelledby={id}>
      <h3 id={id}>
        {title}
        {count !== undefined && count > 0 && <span class="panel-count">{count}</span>}
      </h3>
      {children}
    </section>
  );
}
