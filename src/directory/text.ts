import { checkProjectPath, type DirectoryCheck } from '../core/project-path.ts';

/** Where there is no file system to ask, as in a browser: the path is checked as text only. */
export const checkDirectory: DirectoryCheck = (path) => checkProjectPath(path);
