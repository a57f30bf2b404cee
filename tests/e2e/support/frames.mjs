// WebSocket frames (RFC 6455, section 5.2) as bytes, so that a test can write any of them.
import { randomBytes } from 'node:crypto';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

function lengthField(size) {
  if (size < 126) return Buffer.from([size | 0x80]);
  if (size < 65_536) return Buffer.from([126 | 0x80, size >> 8, size & 0xff]);
  const field = Buffer.alloc(9);
  field[0] = 127 | 0x80;
  field.writeBigUInt64BE(BigInt(size), 1);
  return field;
}

/// One masked frame, as a client must send it.
export function encodeFrame(payload, { opcode = OPCODE.text, fin = true } = {}) {
  const body = Buffer.from(payload);
  const mask = randomBytes(4);
  for (let i = 0; i < body.length; ++i) body[i] ^= mask[i % 4];
  return Buffer.concat([
    Buffer.from([(fin ? 0x80 : 0) | opcode]),
    lengthField(body.length),
    mask,
    body,
  ]);
}

/// Takes the first whole frame off `bytes`. @returns {frame, rest}, or nothing when it is not whole
export function decodeFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < header) return undefined;
  const size =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < header + size) return undefined;
  const frame = {
    fin: (bytes[0] & 0x80) !== 0,
    opcode: bytes[0] & 0x0f,
    isMasked: (bytes[1] & 0x80) !== 0,
    payload: bytes.subarray(header, header + size),
  };
  return { frame, rest: bytes.subarray(header + size) };
}
