/** It is in the middle of something: nothing can be taken of it that it could go on from. Soon it will be. */
export class NotAtRestError extends Error {
  override readonly name = 'NotAtRestError';

  /** @param doing such as `is processing GO` */
  constructor(who: string, doing: string) {
    super(`${who} ${doing}, and must be at rest for its snapshot to be taken`);
  }
}
