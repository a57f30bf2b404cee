// The TypeScript client, as ../run has built it.
const MODULE = new URL('../../../clients/typescript/dist/index.js', import.meta.url);

/// @returns the module `@parley/client`
export const clientModule = () => import(MODULE.href);
