// make web-dev: everything but the page and its parts goes to a running parleyd.
const target = process.env.PARLEY_URL ?? 'http://127.0.0.1:8080';
const paths = ['/auth', '/users', '/messaging', '/health', '/web', '/hubs'];
export default Object.fromEntries(paths.map((path) => [path, { target, ws: true, xfwd: true }]));
