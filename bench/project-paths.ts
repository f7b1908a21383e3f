let made = 0;

/** Paths that no session has had yet. */
export function newPaths(count: number): string[] {
  return Array.from({ length: count }, () => flat(`/home/user/project-${made++}`));
}

// V8 joins the parts of a text when somebody first looks at it: not in the time of whoever that is.
const flat = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
