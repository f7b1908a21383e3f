import { useLayoutEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

/** How high an element is, and how far it is scrolled. */
export function useViewport(element: RefObject<HTMLElement | null>): {
  readonly height: number;
  readonly scrollTop: number;
} {
  const [viewport, setViewport] = useState({ height: 600, scrollTop: 0 });
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const measure = (): void => setViewport({ height: current.clientHeight, scrollTop: current.scrollTop });
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    current.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      current.removeEventListener('scroll', measure);
    };
  }, [element]);
  return viewport;
}
