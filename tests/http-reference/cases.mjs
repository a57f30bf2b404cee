// What is asked of the three servers: ordinary requests, and those at the edges of RFC 9110 and 9112.
import { tokenFor } from '../e2e/support/tokens.mjs';

const HOST = 'Host: parley.test';
const AUTH = `Authorization: Bearer ${tokenFor('alice')}`;
const PAGE = '/healthz';
const TAKER = '/hubs/chat/negotiate';

const lines = (first, headers, body = '') => `${first}\r\n${[...headers, '', ''].join('\r\n')}${body}`;

/// Behind each case, with its last piece: a connection that goes on serves it.
export const NEXT = lines(`GET ${PAGE} HTTP/1.1`, [HOST]);

/// @param pieces   one after the other, each once the one before was answered
/// @param methods  of the requests in them that ought to be answered
const raw = (pieces, methods = ['GET']) => ({ pieces: [pieces].flat(), methods });
const get = (headers = [], target = PAGE, version = '1.1') =>
  raw(lines(`GET ${target} HTTP/${version}`, version === '1.1' ? [HOST, ...headers] : headers));
const ask = (method, target, headers = [], body = '') =>
  raw(lines(`${method} ${target} HTTP/1.1`, [HOST, AUTH, ...headers], body), [method]);
const post = (headers, body = '') => ask('POST', TAKER, headers, body);
const sized = (body) => post([`Content-Length: ${body.length}`], body);
const chunked = (body) => post(['Transfer-Encoding: chunked'], body);
const chunksOf = (...parts) =>
  `${parts.map((one) => `${one.length.toString(16)}\r\n${one}\r\n`).join('')}0\r\n\r\n`;
/// A line as it is in place of the request line.
const first = (line) => raw(`${line}\r\n${HOST}\r\n\r\n`);
/// A line as it is among the headers.
const header = (line) => get([line]);

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

const methods = Object.fromEntries(
  METHODS.flatMap((method) => [
    [`${method} a page`, ask(method, PAGE)],
    [`${method} of nothing`, ask(method, '/nowhere')],
    [`${method} a page, with a body`, ask(method, PAGE, ['Content-Length: 4'], 'body')],
    [`${method} a page, with a body in chunks`, ask(method, PAGE, ['Transfer-Encoding: chunked'], chunksOf('body'))],
    [`${method} of nothing, with a body`, ask(method, '/nowhere', ['Content-Length: 4'], 'body')],
    [`${method} of nothing, with a body in chunks`, ask(method, '/nowhere', ['Transfer-Encoding: chunked'], chunksOf('body'))],
  ]),
);

const otherMethods = {
  'OPTIONS of a page': ask('OPTIONS', PAGE),
  'OPTIONS of nothing': ask('OPTIONS', '/nowhere'),
  'OPTIONS of the server': ask('OPTIONS', '*'),
  'CONNECT': ask('CONNECT', 'parley.test:80'),
  'TRACE': ask('TRACE', PAGE),
  'a method that nobody knows': ask('BREW', PAGE),
  'a method in small letters': ask('get', PAGE),
  'a method with a sign': first(`G@T ${PAGE} HTTP/1.1`),
  'GET where POST is meant': ask('GET', TAKER),
  'PUT where POST is meant': ask('PUT', TAKER, ['Content-Length: 2'], '{}'),
  'HEAD twice': raw(lines(`HEAD ${PAGE} HTTP/1.1`, [HOST]).repeat(2), ['HEAD', 'HEAD']),
};

const versions = {
  'HTTP/1.0': get([], PAGE, '1.0'),
  'HTTP/1.0 with Host': get([HOST], PAGE, '1.0'),
  'HTTP/1.0 that keeps its connection': get(['Connection: keep-alive'], PAGE, '1.0'),
  'HTTP/1.0 that keeps its connection, in capitals': get(['CONNECTION: KEEP-ALIVE'], PAGE, '1.0'),
  'HTTP/1.0 that closes': get(['Connection: close'], PAGE, '1.0'),
  'HTTP/1.0 POST that keeps its connection': raw(lines(`POST ${TAKER} HTTP/1.0`, ['Connection: keep-alive', AUTH, 'Content-Length: 2'], '{}'), ['POST']),
  'HTTP/1.0 POST without a length': raw(lines(`POST ${TAKER} HTTP/1.0`, [AUTH]), ['POST']),
  'HTTP/1.0 with chunks': raw(lines(`POST ${TAKER} HTTP/1.0`, ['Connection: keep-alive', AUTH, 'Transfer-Encoding: chunked'], chunksOf('{}')), ['POST']),
  'HTTP/1.1 that keeps its connection': header('Connection: keep-alive'),
  'HTTP/1.1 that closes': header('Connection: close'),
  'HTTP/1.1 that closes, in a list': header('Connection: foo, close'),
  'HTTP/1.1 that closes, in capitals': header('Connection: CLOSE'),
  'HTTP/1.1 POST that closes': post(['Connection: close', 'Content-Length: 2'], '{}'),
  'HTTP/1.2': first(`GET ${PAGE} HTTP/1.2`),
  'HTTP/2.0': first(`GET ${PAGE} HTTP/2.0`),
  'HTTP/0.9': raw(`GET ${PAGE}\r\n`),
  'HTTP/1.': first(`GET ${PAGE} HTTP/1.`),
  'HTTP/11': first(`GET ${PAGE} HTTP/11`),
  'a version in small letters': first(`GET ${PAGE} http/1.1`),
  'no version': first(`GET ${PAGE} `),
  'an Upgrade to h2c': get(['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']),
  'an Upgrade to what nobody knows': get(['Connection: Upgrade', 'Upgrade: foo/2']),
};

const requestLines = {
  'two spaces before the target': first(`GET  ${PAGE} HTTP/1.1`),
  'two spaces behind the target': first(`GET ${PAGE}  HTTP/1.1`),
  'a tab before the target': first(`GET\t${PAGE} HTTP/1.1`),
  'a space in front': first(` GET ${PAGE} HTTP/1.1`),
  'a space behind the version': first(`GET ${PAGE} HTTP/1.1 `),
  'no target': first('GET HTTP/1.1'),
  'a target without a slash': first('GET healthz HTTP/1.1'),
  'a line end in front': raw(`\r\n${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`),
  'two line ends in front': raw(`\r\n\r\n${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`),
  'a LF in front': raw(`\n${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`),
  'a line end between two requests': raw(`${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}\r\n${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`, ['GET', 'GET']),
  'a line end behind a body': raw(`${lines(`POST ${TAKER} HTTP/1.1`, [HOST, AUTH, 'Content-Length: 2'], '{}')}\r\n${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`, ['POST', 'GET']),
  'no request at all': raw('hello\r\n\r\n'),
  'binary': raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'),
  'lines that end in LF': raw(`GET ${PAGE} HTTP/1.1\n${HOST}\n\n`),
  'a request line that ends in CR': raw(`GET ${PAGE} HTTP/1.1\r${HOST}\r\n\r\n`),
};

const targets = {
  'a query': get([], `${PAGE}?a=b&c`),
  'an empty query': get([], `${PAGE}?`),
  'two question marks': get([], `${PAGE}?a?b`),
  'a whole URL': get([], `http://parley.test${PAGE}`),
  'a whole URL of https': get([], `https://parley.test${PAGE}`),
  'a whole URL, scheme in capitals': get([], `HTTP://parley.test${PAGE}`),
  'a whole URL with a port': raw(lines(`GET http://parley.test:80${PAGE} HTTP/1.1`, ['Host: parley.test:80'])),
  'a whole URL with a query': get([], `http://parley.test${PAGE}?a=b`),
  'a whole URL without a path': get([], 'http://parley.test'),
  'a whole URL of another host': get([], `http://other.test${PAGE}`),
  'a whole URL without a host': get([], `http://${PAGE}`),
  'a whole URL in HTTP/1.0': get([HOST], `http://parley.test${PAGE}`, '1.0'),
  'a fragment': get([], `${PAGE}#part`),
  'a raw byte of UTF-8': get([], '/h\xc3\xa9'),
  'a control in a target': get([], `${PAGE}\x01`),
  'a NUL in a target': get([], `${PAGE}\0`),
  'a DEL in a target': get([], `${PAGE}?\x7f`),
  'a letter as an escape': get([], '/healt%68z'),
  'an escape cut short': get([], '/healthz%4'),
  'an escape that is none': get([], '/healthz%zz'),
  'an escaped NUL': get([], '/healthz%00'),
  'an escaped slash': get([], '/nowhere%2fhealthz'),
  'a way up': get([], `/nowhere/..${PAGE}`),
  'a way up, over the root': get([], `/..${PAGE}`),
  'a dot': get([], `/.${PAGE}`),
  'two slashes': get([], `/${PAGE}`),
  'a slash behind': get([], `${PAGE}/`),
  'another case': get([], '/HEALTHZ'),
  'a backslash': get([], '/nowhere\\healthz'),
  'an asterisk for GET': first('GET * HTTP/1.1'),
  'a target of 4 KiB': get([], `/nowhere?x=${'a'.repeat(4_000)}`),
  'a target of 20 KiB': get([], `/nowhere?x=${'a'.repeat(20_000)}`),
};

const hosts = {
  'no Host': raw(lines(`GET ${PAGE} HTTP/1.1`, ['X: y'])),
  'an empty Host': raw(lines(`GET ${PAGE} HTTP/1.1`, ['Host:'])),
  'two Hosts': get([HOST]),
  'two different Hosts': get(['Host: other.test']),
  'a Host with a port': raw(lines(`GET ${PAGE} HTTP/1.1`, ['Host: parley.test:8080'])),
  'a Host with an odd port': raw(lines(`GET ${PAGE} HTTP/1.1`, ['Host: parley.test:x'])),
  'a Host with a path': raw(lines(`GET ${PAGE} HTTP/1.1`, ['Host: parley.test/x'])),
  'a Host with a user': raw(lines(`GET ${PAGE} HTTP/1.1`, ['Host: me@parley.test'])),
  'a Host with a space': raw(lines(`GET ${PAGE} HTTP/1.1`, ['Host: parley test'])),
  'a Host that is an address': raw(lines(`GET ${PAGE} HTTP/1.1`, ['Host: 127.0.0.1:80'])),
  'a Host of IPv6': raw(lines(`GET ${PAGE} HTTP/1.1`, ['Host: [::1]:80'])),
  'a Host in capitals': raw(lines(`GET ${PAGE} HTTP/1.1`, ['HOST: PARLEY.TEST'])),
};

const headers = {
  'no space behind the colon': header('X:y'),
  'spaces around a value': header('X:   y   '),
  'a tab around a value': header('X:\ty\t'),
  'an empty value': header('X:'),
  'a space before the colon': header('X : y'),
  'a tab before the colon': header('X\t: y'),
  'no colon': header('X'),
  'no name': header(': y'),
  'a space in a name': header('X Y: z'),
  'an at in a name': header('X@Y: z'),
  'a bracket in a name': header('X(Y): z'),
  'signs that a name may have': header("X!#$%&'*+-.^_`|~9: z"),
  'a byte above ASCII in a name': header('X\xe9: y'),
  'a byte above ASCII in a value': header('X: \xe9'),
  'a tab in a value': header('X: a\tb'),
  'a NUL in a value': header('X: a\0b'),
  'a control in a value': header('X: a\x01b'),
  'a DEL in a value': header('X: a\x7fb'),
  'a CR in a value': header('X: a\rb'),
  'a LF in a value': header('X: a\nY: b'),
  'a header over two lines': header('X: a\r\n b'),
  'a first header that begins with a space': raw(`GET ${PAGE} HTTP/1.1\r\n X: y\r\n${HOST}\r\n\r\n`),
  'the same header twice': get(['X: a', 'X: b']),
  '60 headers': get(Array.from({ length: 60 }, (_, i) => `X-${i}: y`)),
  'a value of 4 KiB': header(`X: ${'a'.repeat(4_096)}`),
  'headers of 40 KiB': get(Array.from({ length: 10 }, (_, i) => `X-${i}: ${'a'.repeat(4_096)}`)),
  'a value of 20 KiB': header(`X: ${'a'.repeat(20_480)}`),
  'headers that do not end': raw(`GET ${PAGE} HTTP/1.1\r\n${HOST}\r\nX: `),
};

const lengths = {
  'a body': sized('{}'),
  'a body of nothing': sized(''),
  'a POST without a length': post([]),
  'a body in a second piece, after the invitation': raw([lines(`POST ${TAKER} HTTP/1.1`, [HOST, AUTH, 'Expect: 100-continue', 'Content-Length: 2']), '{}'], ['POST', 'POST']),
  'an expectation and a body at once': post(['Expect: 100-continue', 'Content-Length: 2'], '{}'),
  'an expectation in capitals': raw([lines(`POST ${TAKER} HTTP/1.1`, [HOST, AUTH, 'Expect: 100-CONTINUE', 'Content-Length: 2']), '{}'], ['POST', 'POST']),
  'an expectation without a body': post(['Expect: 100-continue', 'Content-Length: 0']),
  'an expectation in HTTP/1.0': raw(lines(`POST ${TAKER} HTTP/1.0`, [AUTH, 'Expect: 100-continue', 'Content-Length: 2'], '{}'), ['POST']),
  'an expectation that nobody knows': post(['Expect: the-moon', 'Content-Length: 2'], '{}'),
  'a body that is too long': post(['Content-Length: 300000'], 'x'.repeat(300_000)),
  'a body that is too long, announced only': raw(lines(`POST ${TAKER} HTTP/1.1`, [HOST, AUTH, 'Content-Length: 300000']), ['POST']),
  'a body that is too long, held back': raw(lines(`POST ${TAKER} HTTP/1.1`, [HOST, AUTH, 'Expect: 100-continue', 'Content-Length: 300000']), ['POST']),
  'a body of 200 KiB': sized('x'.repeat(204_800)),
  'a body that does not come': raw(lines(`POST ${TAKER} HTTP/1.1`, [HOST, AUTH, `Content-Length: 1000`]), ['POST']),
  'a length with a plus': post(['Content-Length: +2'], '{}'),
  'a length with a minus': post(['Content-Length: -2'], '{}'),
  'a length in hexadecimal': post(['Content-Length: 0x2'], '{}'),
  'a length with a fraction': post(['Content-Length: 2.0'], '{}'),
  'a length with leading zeros': post(['Content-Length: 0002'], '{}'),
  'an empty length': post(['Content-Length:'], '{}'),
  'a length with a space in it': post(['Content-Length: 1 2'], '{}'),
  'a length beyond 64 bits': post(['Content-Length: 18446744073709551618'], '{}'),
  'two equal lengths': post(['Content-Length: 2', 'Content-Length: 2'], '{}'),
  'two lengths': post(['Content-Length: 2', 'Content-Length: 3'], '{}'),
  'a list of lengths': post(['Content-Length: 2, 2'], '{}'),
  'a length and chunks': post(['Content-Length: 2', 'Transfer-Encoding: chunked'], chunksOf('{}')),
  'chunks and a length': post(['Transfer-Encoding: chunked', 'Content-Length: 2'], chunksOf('{}')),
};

const encodings = {
  'chunks': chunked(chunksOf('{', '}')),
  'no chunks': chunked('0\r\n\r\n'),
  'a chunk size in capitals': chunked(`A\r\n${'x'.repeat(10)}\r\n0\r\n\r\n`),
  'a chunk size with zeros': chunked('0002\r\n{}\r\n000\r\n\r\n'),
  'a chunk with an extension': chunked('2;a=b\r\n{}\r\n0\r\n\r\n'),
  'a chunk with a quoted extension': chunked('2;a="b c"\r\n{}\r\n0\r\n\r\n'),
  'a chunk with an extension without a value': chunked('2;a\r\n{}\r\n0\r\n\r\n'),
  'the last chunk with an extension': chunked('2\r\n{}\r\n0;a=b\r\n\r\n'),
  'a trailer': chunked('2\r\n{}\r\n0\r\nX: y\r\n\r\n'),
  'a trailer that is no header': chunked('2\r\n{}\r\n0\r\nX\r\n\r\n'),
  'a chunk size with a prefix': chunked('0x2\r\n{}\r\n0\r\n\r\n'),
  'a chunk size with a minus': chunked('-2\r\n{}\r\n0\r\n\r\n'),
  'a chunk size with a plus': chunked('+2\r\n{}\r\n0\r\n\r\n'),
  'a chunk size that is none': chunked('zz\r\n{}\r\n0\r\n\r\n'),
  'an empty chunk size': chunked('\r\n{}\r\n0\r\n\r\n'),
  'a chunk size beyond 64 bits': chunked('fffffffffffffffff\r\n{}\r\n0\r\n\r\n'),
  'a space behind a chunk size': chunked('2 \r\n{}\r\n0\r\n\r\n'),
  'a chunk line that ends in LF': chunked('2\n{}\r\n0\r\n\r\n'),
  'a chunk without its line end': chunked('2\r\n{}0\r\n\r\n'),
  'a chunk that is longer than it says': chunked('2\r\n{}{}\r\n0\r\n\r\n'),
  'chunks that are too long': chunked(chunksOf('x'.repeat(300_000))),
  'Transfer-Encoding in capitals': post(['TRANSFER-ENCODING: CHUNKED'], chunksOf('{}')),
  'an unknown Transfer-Encoding': post(['Transfer-Encoding: foo'], '{}'),
  'Transfer-Encoding identity': post(['Transfer-Encoding: identity', 'Content-Length: 2'], '{}'),
  'gzip, chunked': post(['Transfer-Encoding: gzip, chunked'], chunksOf('{}')),
  'chunked, gzip': post(['Transfer-Encoding: chunked, gzip'], chunksOf('{}')),
  'chunked twice': post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunksOf('{}')),
  'an empty Transfer-Encoding': post(['Transfer-Encoding:', 'Content-Length: 2'], '{}'),
};

const sequences = {
  'three pages at once': raw(lines(`GET ${PAGE} HTTP/1.1`, [HOST]).repeat(3), ['GET', 'GET', 'GET']),
  'a body, then a page': raw(`${sized('{}').pieces[0]}${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`, ['POST', 'GET']),
  'chunks, then a page': raw(`${chunked(chunksOf('{}')).pieces[0]}${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`, ['POST', 'GET']),
  'nothing there, then a page': raw(`${get([], '/nowhere').pieces[0]}${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`, ['GET', 'GET']),
  'one that closes, then a page': raw(`${header('Connection: close').pieces[0]}${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`, ['GET', 'GET']),
  'a bad one, then a page': raw(`${header('X : y').pieces[0]}${lines(`GET ${PAGE} HTTP/1.1`, [HOST])}`, ['GET', 'GET']),
};

/// {name: {pieces, methods}}
export const CASES = {
  ...methods, ...otherMethods, ...versions, ...requestLines, ...targets, ...hosts, ...headers, ...lengths,
  ...encodings, ...sequences,
};
