/** What was refused, of a result. */
export const refusalOf = <E>(
  result: { readonly ok: true } | { readonly ok: false; readonly error: E },
): E | undefined => (result.ok ? undefined : result.error);
