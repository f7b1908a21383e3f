import { formatAge, formatSize, plural } from './format.ts';
import type { ScanSummary } from './scan.ts';
import type { Row } from './screen.ts';

/** What there is to show of a session that scans its project. */
export interface ScanView {
  readonly id: string;
  readonly name: string;
  readonly projectPath: string;
  /** A state of the machine, or `restarting` while the session is down. */
  readonly state: string;
  /** Nothing before the first scan. */
  readonly scan: ScanSummary | undefined;
  readonly restarts: number;
}

/** @param now in milliseconds since the Unix epoch */
export const scanRow = ({ name, state, scan, restarts }: ScanView, now: number): Row => ({
  name,
  full: [
    state,
    scan === undefined ? '' : plural(scan.files, 'file'),
    scan === undefined ? '' : formatSize(scan.bytes),
    scan === undefined ? '' : `changed ${formatAge(now - scan.lastChange)} ago`,
    plural(restarts, 'restart'),
  ],
  brief: [
    state,
    scan === undefined ? '' : `${scan.files}f`,
    scan === undefined ? '' : formatSize(scan.bytes).replace(/ (.?)B$/, '$1'),
    scan === undefined ? '' : formatAge(now - scan.lastChange),
    `r${restarts}`,
  ],
});

/** The session as one line of plain text. */
export const scanLine = ({ name, state, scan, restarts, projectPath, id }: ScanView): string =>
  `${name}: ${state}, ${scan === undefined ? 'not scanned yet' : scanText(scan)}, ${plural(restarts, 'restart')}, ` +
  `${projectPath}, ${id}`;

export const scanText = ({ files, bytes, lastChange }: ScanSummary): string =>
  `${plural(files, 'file')}, ${formatSize(bytes)}, last change ${new Date(lastChange).toISOString()}`;
