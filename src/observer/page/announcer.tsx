import { useEffect, useRef, useState } from 'preact/hooks';
import { announcementOf } from './announcement.ts';
import { useStore } from './state/use-store.ts';

/** Crashes come by the thousand, and a voice can tell of one in this time. */
const EVERY_MS = 4000;

/** Tells of crashes in a polite live region. */
export function Announcer() {
  const store = useStore();
  const [text, setText] = useState('');
  // What there was before is no news.
  const told = useRef<number>(undefined);

  useEffect(() => {
    const timer = setInterval(() => {
      const { events, treeKnown } = store.state;
      const last = events.at(-1)?.n ?? 0;
      const since = told.current;
      if (!treeKnown) return;
      told.current = last;
      if (since === undefined || since >= last) return;
      const announcement = announcementOf(events.filter(({ n }) => n > since));
      if (announcement !== undefined) setText(announcement);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [store]);

  return (
    <div class="unseen" role="status" aria-live="polite" data-testid="announcer">
      {text}
    </div>
  );
}
