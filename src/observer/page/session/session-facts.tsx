import type { ComponentChildren } from 'preact';
import type { SessionDetail } from '../../protocol.ts';
import { countText } from '../text/amount-text.ts';
import { clockText, countdownText, spanText, uptimeText } from '../text/time-text.ts';

export interface SessionFactsProps {
  readonly detail: SessionDetail;
  readonly gone: boolean;
  readonly now: number;
}

/** A session in figures. */
export function SessionFacts({ detail, gone, now }: SessionFactsProps) {
  const { id, incarnation, restarts, startedAt, restartAt, supervision, createdAt } = detail;
  const waiting = !gone && detail.status === 'restarting' && restartAt !== undefined;
  const { used, maxRestarts, withinMs } = supervision;
  return (
    <dl class="facts">
      {waiting ? (
        <Fact name="Restarts in" concern="warn">
          {countdownText(restartAt - now)}
        </Fact>
      ) : (
        <Fact name="Uptime">{startedAt === undefined || gone ? '–' : uptimeText(now - startedAt)}</Fact>
      )}
      <Fact name="Incarnation">{countText(incarnation)}</Fact>
      <Fact name="Restarts">{countText(restarts)}</Fact>
      <Fact name="Intensity" concern={used >= maxRestarts && maxRestarts > 0 ? 'warn' : undefined}>
        {used} of {maxRestarts} <small>in {spanText(withinMs)}</small>
      </Fact>
      <Fact name="Opened">
        {uptimeText(now - createdAt)} <small>ago, {clockText(createdAt).slice(0, 8)}</small>
      </Fact>
      <Fact name="Id" wide>
        <code>{id}</code>
      </Fact>
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly concern?: 'warn';
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

function Fact({ name, concern, wide = false, children }: FactProps) {
  return (
    <div class="fact" data-concern={concern} data-wide={wide}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
