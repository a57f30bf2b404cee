// Clients at addresses of their own: any of 127.0.0.0/8 is this machine.
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { withDeadline } from './deadline.mjs';

/// One request on a connection of its own, which comes from `address`.
/// @returns {status, headers, body: parsed JSON or text}
export function requestFrom(server, address, method, path, { body, headers = {} } = {}) {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const done = new Promise((resolve, reject) => {
    const asked = httpRequest(
      {
        host: '127.0.0.1', port: server.port, localAddress: address, method, path, agent: false,
        headers: { ...headers, ...(payload && { 'content-type': 'application/json' }) },
      },
      (answer) => {
        let text = '';
        answer.on('data', (more) => (text += more));
        answer.on('end', () => {
          const isJson = /json/.test(answer.headers['content-type'] ?? '');
          const parsed = isJson && text ? JSON.parse(text) : text;
          resolve({ status: answer.statusCode, headers: answer.headers, body: parsed });
        });
      },
    );
    asked.on('error', reject);
    asked.end(payload);
  });
  return withDeadline(done, `${method} ${path} from ${address}`);
}

/// A socket that says nothing by itself. `ended` resolves when the server has hung up.
export function socketFrom(server, address = '127.0.0.1') {
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: address });
  socket.on('error', () => {});
  socket.resume();
  socket.isOver = false;
  socket.ended = new Promise((resolve) => socket.once('close', resolve));
  socket.ended.then(() => (socket.isOver = true));
  socket.opened = new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}
