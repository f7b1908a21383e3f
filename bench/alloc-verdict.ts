/** Bytes per operation, by its name. */
export type Bytes = Readonly<Record<string, number>>;

/** By how much an operation may grow: by a tenth, and a small one by less than the smallest object. */
const tolerance = { factor: 1.1, bytes: 16 };

/** What is wrong with what was measured. No figures to compare it with are a fault, or nothing would ever be compared. */
export function faultsOf(measured: Bytes, committed: Bytes | undefined): readonly string[] {
  if (committed === undefined) return ['there are no figures to compare with: --update writes them'];
  const operations = new Set([...Object.keys(committed), ...Object.keys(measured)]);
  return [...operations].flatMap((operation) => {
    const [before, after] = [committed[operation], measured[operation]];
    if (before === undefined) return `${operation} has no figure to compare with: --update writes it`;
    if (after === undefined) return `${operation} was not measured`;
    const limit = Math.max(before * tolerance.factor, before + tolerance.bytes);
    return after <= limit ? [] : `${operation} allocates ${after} bytes, and should not more than ${Math.floor(limit)}`;
  });
}
