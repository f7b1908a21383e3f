/** `xstate-supervisor/testing`: for those who write a part of their own. No test runner is needed. */
export { sessionStoreContract } from './session-store-contract.ts';

export type { SessionStoreCase, SessionStoreContractOptions } from './session-store-contract.ts';
