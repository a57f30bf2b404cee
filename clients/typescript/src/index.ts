export type * from './api.js';
export * from './catch-up.js';
export type { Position } from './catch-up.js'; // not the seq of that name in api
export * from './chat-service.js';
export * from './clock.js';
export * from './connection.js';
export type { Notice } from './notices.js';
export * from './outbox.js';
export * from './outbox-indexeddb.js';
export * from './presence.js';
export * from './read-marker.js';
export * from './refusal.js';
export * from './rest.js';
export * from './stretch.js';
export * from './timeline.js';
export * from './typing.js';
