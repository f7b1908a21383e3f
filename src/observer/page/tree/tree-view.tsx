import { SessionList } from '../list/session-list.tsx';
import { SupervisionTree } from './supervision-tree.tsx';

/** All sessions as a list, and the tree that they stand in. */
export function TreeView() {
  return (
    <>
      <SessionList />
      <SupervisionTree />
    </>
  );
}
