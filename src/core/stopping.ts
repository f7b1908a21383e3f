import { SupervisionError } from './supervision-error.ts';

/** What any command is answered by a tree that is shutting down, or has. */
export const stopping = (): SupervisionError<'stopping'> =>
  new SupervisionError('stopping', 'The supervision tree is shutting down', {});
