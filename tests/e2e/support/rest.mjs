// The REST side, as one user.
import { tokenFor } from './tokens.mjs';

/// Figures are on a listener of the operator's own.
export const urlOf = (server, path) => (path === '/metrics' ? server.metricsUrl : server.url) + path;

/// One request. @returns {status, body (parsed JSON or text), headers}
export async function request(server, method, path, { token, body, headers = {} } = {}) {
  const all = { ...headers };
  if (token) all.authorization = `Bearer ${token}`;
  if (body !== undefined) all['content-type'] ??= 'application/json';
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(urlOf(server, path), { method, headers: all, body: payload });
  return { status: response.status, body: await parsed(response), headers: response.headers };
}

async function parsed(response) {
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
  return isJson && text ? JSON.parse(text) : text;
}

/// `sub`'s view of the REST routes; every call answers {status, body, headers}.
export function restOf(server, sub, claims = {}) {
  const token = tokenFor(sub, claims);
  const call = (method) => (path, body, headers) =>
    request(server, method, path, { token, body, headers });
  return {
    sub,
    token,
    get: call('GET'),
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
    delete: call('DELETE'),
  };
}
